package observe

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/misskeyactor/misskeyactor/gen"
	"github.com/misskeyactor/misskeyactor/spec"
)

// What an overlay says of one finding may be right by itself and still not fit:
// an embedding type has the key already that the embedded one is to get, or two
// things would have one name in Go. That shows when the overlay is tried. Names
// are then given with goName, and what does not fit either way is left out.

// fitting finds what can stand in an overlay together.
type fitting struct {
	*Observer
	as     Overlay
	named  map[string]bool   // places in the overlay that get a goName
	unfit  map[string]string // findings that are left out, with why
	fitted map[string]bool   // findings that stand in the overlay
}

// fit tries an overlay of all findings and, where that fails, of parts of them.
func (o *Observer) fit(as Overlay) *fitting {
	f := &fitting{Observer: o, as: as, named: map[string]bool{}, unfit: map[string]string{}, fitted: map[string]bool{}}
	if as.Try == nil {
		return f
	}
	var all []string
	for key, offered := range o.patches(nil, nil).offered {
		if offered {
			all = append(all, key)
		}
	}
	slices.Sort(all)
	if len(all) > 0 {
		f.add(all)
	}
	return f
}

// add puts findings into the overlay. Those that do not fit together are tried
// in two halves, the second beside what fits of the first.
func (f *fitting) add(findings []string) {
	for _, key := range findings {
		f.fitted[key] = true
	}
	err := f.try(findings)
	if err == nil {
		return
	}
	for _, key := range findings {
		delete(f.fitted, key)
	}
	if len(findings) == 1 {
		f.unfit[findings[0]] = f.reason(err)
		return
	}
	half := len(findings) / 2
	f.add(findings[:half])
	f.add(findings[half:])
}

// try tries what is in the overlay, and gives names until that is of no use.
func (f *fitting) try(findings []string) error {
	for {
		p := f.patches(f.fits, f.named)
		page := p.page(f.as)
		err := f.as.Try([]byte(page.String()))
		var faults spec.Diagnostics
		if !errors.As(err, &faults) {
			return err
		}
		if !f.name(faults, page) && !(len(findings) == 1 && f.nameWhole(faults, p.places[findings[0]])) {
			return err
		}
	}
}

func (f *fitting) fits(finding string) bool { return f.fitted[finding] }

// name notes what needs a goName, going by where faults are. It reports whether
// there was anything new.
func (f *fitting) name(faults spec.Diagnostics, page *page) (more bool) {
	for _, d := range faults {
		if place := page.places[d.Line]; d.File == f.as.File && ofNames(d.Code) && nameableInGo(place) && !f.named[place] {
			f.named[place], more = true, true
		}
	}
	return more
}

// nameWhole is name for a fault that is shown elsewhere, where the other one of
// two that collide stands: the new thing at place gets the name.
func (f *fitting) nameWhole(faults spec.Diagnostics, place string) bool {
	if place == "" || f.named[place] || !slices.ContainsFunc(faults, func(d *spec.Diagnostic) bool { return ofNames(d.Code) }) {
		return false
	}
	f.named[place] = true
	return true
}

func ofNames(code spec.Code) bool { return code == gen.CodeCollision || code == gen.CodeGoName }

// reason is what is wrong first, in a line. Positions in an overlay that is
// never written are of use to nobody.
func (f *fitting) reason(err error) string {
	var faults spec.Diagnostics
	if !errors.As(err, &faults) {
		return err.Error()
	}
	at := regexp.MustCompile(`(at )?` + regexp.QuoteMeta(f.as.File) + `:\d+:\d+`)
	return at.ReplaceAllString(faults[0].Message, "here")
}

// placeSeparator stands between the keys that lead to a place in an overlay.
const placeSeparator = "\x00"

// inGo words the names of what stands under a key; other is for a name that is
// taken.
var inGo = map[string]struct{ kind, other string }{
	"broadcasts": {"Broadcast", "%Broadcast"},
	"channels":   {"Channel", "%Channel"},
	"enum[]":     {"Value", "%Value"},
	"events":     {"Event", "%Event"},
	"fields":     {"Field", "%Field"},
	"params":     {"Param", "%Param"},
	"sends":      {"Message", "Send%"},
	"variants":   {"Variant", "%Variant"},
}

// split tells a place's section from the name there.
func split(place string) (section, name string) {
	above, name := "", place
	if i := strings.LastIndex(place, placeSeparator); i >= 0 {
		above, name = place[:i], place[i+len(placeSeparator):]
	}
	section = above[strings.LastIndex(above, placeSeparator)+1:]
	return section[strings.LastIndex(section, ".")+1:], strings.TrimSuffix(name, "?")
}

func nameableInGo(place string) bool {
	section, _ := split(place)
	return inGo[section].kind != ""
}

// goName makes another name in Go than the one that follows from the spec's.
func goName(place string) string {
	section, name := split(place)
	var word strings.Builder
	begins := true
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			begins = true
			continue
		case begins:
			r = unicode.ToUpper(r)
		}
		begins = false
		word.WriteRune(r)
	}
	names := inGo[section]
	if text := word.String(); text != "" && unicode.IsUpper([]rune(text)[0]) {
		return strings.Replace(names.other, "%", text, 1)
	}
	return names.kind + word.String()
}
