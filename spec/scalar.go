package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// want checks the kind of a value. A nil value (an absent key) and one that
// was already reported are not what is wanted, and not reported.
func (l *loader) want(v *value, what string, kinds ...valueKind) bool {
	return l.wantCured(v, what, "", kinds...)
}

// wantCured is want with a cure of its own for what is not wanted; "" for the
// usual one.
func (l *loader) wantCured(v *value, what, cure string, kinds ...valueKind) bool {
	if v == nil || v.kind == badValue {
		return false
	}
	if slices.Contains(kinds, v.kind) {
		return true
	}
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = k.String()
	}
	if cure == "" {
		cure = l.kindCure(v, kinds)
	}
	l.report(v.Pos, CodeWrongKind, fmt.Sprintf("%s is %s here, where %s belongs", what, v.kind, list(words)), cure)
	return false
}

// text reads a string; "" when it is absent or wrong.
func (l *loader) text(o *object, key string) string {
	v := o.get(key)
	if !l.want(v, Quote(key), stringValue) {
		return ""
	}
	if strings.ContainsFunc(v.text, unprintable) {
		l.report(v.Pos, CodeBadName, Quote(key)+" has a character that cannot be seen", visibleHint)
		return ""
	}
	return v.text
}

// unprintable reports a rune that no file of Go may hold.
func unprintable(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r == '\ufeff'
}

// flag reads a boolean that is false when absent.
func (l *loader) flag(o *object, key string) bool {
	v := o.get(key)
	return l.want(v, Quote(key), booleanValue) && strings.EqualFold(v.text, "true")
}

// word reads one of the words that a key takes; "" when it is absent or wrong.
func (l *loader) word(o *object, key string) string {
	v := o.get(key)
	if !l.want(v, Quote(key), stringValue) {
		return ""
	}
	words := o.shape.words(key)
	if slices.Contains(words, v.text) {
		return v.text
	}
	message := Quote(v.text) + " is no value of " + Quote(key) + DidYouMean(v.text, slices.Values(words))
	l.report(v.Pos, CodeBadWord, message, "Write "+list(words)+".")
	return ""
}

// strings calls f for each string of a list, which must hold at least one.
func (l *loader) strings(v *value, what string, f func(item *value)) {
	l.items(v, what, func(item *value) {
		if l.want(item, "an item of "+what, stringValue) {
			f(item)
		}
	})
}

// items calls f for each item of a list, which must hold at least one.
func (l *loader) items(v *value, what string, f func(item *value)) {
	if !l.want(v, what, listValue) {
		return
	}
	if len(v.items) == 0 {
		l.report(v.Pos, CodeEmpty, what+" is an empty list", "List something, or remove the key.")
	}
	for _, item := range v.items {
		f(item)
	}
}

var (
	goExported   = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)
	goUnexported = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
	version      = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z]+([.-][0-9A-Za-z]+)*)?$`)
)

// exported reads a Go name that begins with a capital.
func (l *loader) exported(o *object, key string) string {
	return l.named(o, key, goExported, exportedHint)
}

// unexported reads a Go name that begins with a small letter.
func (l *loader) unexported(o *object, key string) string {
	return l.named(o, key, goUnexported, unexportedHint)
}

func (l *loader) named(o *object, key string, pattern *regexp.Regexp, hint string) string {
	v := o.get(key)
	if !l.want(v, Quote(key), stringValue) {
		return ""
	}
	l.checkName(v.Pos, v.text, pattern, hint)
	return v.text
}

func (l *loader) checkName(pos Pos, name string, pattern *regexp.Regexp, hint string) {
	if !pattern.MatchString(name) {
		l.report(pos, CodeBadName, Quote(name)+" cannot be used as a name here", hint)
	}
}

// wireName checks a name that stands in messages. Servers choose these, so
// anything goes that can be seen.
func (l *loader) wireName(pos Pos, name string) {
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unprintable(r) }) {
		l.report(pos, CodeBadName, Quote(name)+" cannot be used as a name here", wireHint)
	}
}

// What to write instead of a text that is not of its form.
const (
	exportedHint   = "Write letters and digits, the first a capital, as in NoteID."
	unexportedHint = "Write letters and digits, the first a small letter, as in userId."
	dialectHint    = "Write small letters, digits and hyphens, as in misskey."
	pathHint       = "Begin it with a slash, as in /streaming."
	wireHint       = "Write a name without spaces."
	versionHint    = "Write a version as the server does, as in 2025.11.1 or 2025.3.2-beta.9."
	sinceHint      = `Write a version as the server does, as in 2025.11.1 or 2025.3.2-beta.9, or "<=2025.11.1" where the first one is not known.`
	durationHint   = "Write whole seconds, at least one and at most a day, as in 60s or 2m."
	visibleHint    = "Remove it; the text goes into Go comments."
)

// version reads a server version from a scalar; "" when it is wrong.
func (l *loader) version(v *value, what string, mayBeUnknown bool) string {
	if !l.want(v, what, stringValue, numberValue, integerValue) {
		return ""
	}
	number, hint := v.text, versionHint
	if mayBeUnknown {
		number = strings.TrimPrefix(number, "<=")
		hint = sinceHint
	}
	if !version.MatchString(number) {
		l.report(v.Pos, CodeBadVersion, Quote(v.text)+" is no server version", hint)
		return ""
	}
	return v.text
}

// seconds reads a duration of whole seconds; 0 when it is absent or wrong.
func (l *loader) seconds(v *value, what string) int {
	if !l.want(v, what, stringValue, integerValue, numberValue) {
		return 0
	}
	d, err := time.ParseDuration(v.text)
	if err != nil || d < time.Second || d%time.Second != 0 || d > 24*time.Hour {
		l.report(v.Pos, CodeBadQuantity, Quote(v.text)+" is no duration that fits "+what,
			durationHint)
		return 0
	}
	return int(d / time.Second)
}

// maxCount is more than any server allows of anything.
const maxCount = 1_000_000

// count reads a positive integer; 0 when it is absent or wrong.
func (l *loader) count(v *value, what string) int {
	if !l.want(v, what, integerValue) {
		return 0
	}
	n, err := strconv.Atoi(v.text)
	if err != nil || n < 1 || n > maxCount {
		l.report(v.Pos, CodeBadQuantity, Quote(v.text)+" is no number that fits "+what,
			fmt.Sprintf("Write a number from 1 to %d, in digits.", maxCount))
		return 0
	}
	return n
}

// evidence reads what a node says of where its facts come from.
func (l *loader) evidence(o *object) Evidence {
	var e Evidence
	if v := o.get("since"); v != nil {
		e.Since = l.version(v, Quote("since"), true)
	}
	v := o.get("seen")
	if !l.want(v, Quote("seen"), stringValue, listValue) {
		return e
	}
	e.Seen = []string{}
	if v.kind == stringValue {
		if version.MatchString(v.text) {
			l.report(v.Pos, CodeWrongKind, `"seen" is one version here, where a list belongs`, l.kindCure(v, []valueKind{listValue}))
			return e
		}
		l.word(o, "seen")
		return e
	}
	l.items(v, Quote("seen"), func(item *value) {
		if s := l.version(item, "an item of "+Quote("seen"), false); s != "" {
			e.Seen = append(e.Seen, s)
			l.uses = append(l.uses, use{pos: item.Pos, name: s, resolve: l.resolveChecked})
		}
	})
	return e
}
