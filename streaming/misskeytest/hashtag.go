package misskeytest

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var (
	mentionPattern = regexp.MustCompile(`(?:^|[^\w@/.])@([A-Za-z0-9_]+)(@[\w.-]+)?`)
	tagPattern     = regexp.MustCompile(`(?:^|[\s(（「【])#([^\s.,!?'"#:/\[\]【】()「」（）<>]+)`)
)

// findMentions returns the local usernames in a text, each once.
func findMentions(text string) []string {
	var names []string
	// Neighbours share the character between them, so a match must not use up
	// what follows it.
	for strings.Contains(text, "@") { // which is found sooner than a pattern
		m := mentionPattern.FindStringSubmatchIndex(text)
		if m == nil {
			break
		}
		if name := text[m[2]:m[3]]; m[4] < 0 && !slices.Contains(names, name) {
			names = append(names, name)
		}
		text = text[m[1]:]
	}
	return names
}

// findTags returns the hashtags of a text as the server stores them, each once. A
// number is none.
func findTags(text string) []string {
	var tags []string
	for strings.Contains(text, "#") {
		m := tagPattern.FindStringSubmatchIndex(text)
		if m == nil {
			break
		}
		tag := normalizeTag(text[m[2]:m[3]])
		if number := strings.Trim(tag, "0123456789") == ""; !number && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
		text = text[m[1]:]
	}
	return tags
}

func normalizeTag(tag string) string { return strings.ToLower(tag) }

// hashtagStore is what the server remembers of tags, whatever becomes of the
// notes that had them.
type hashtagStore struct {
	byName map[string]*hashtag
}

type hashtag struct {
	name string
	// Who has used it in a note, and who has it in their description.
	mentioned, attached map[misskey.UserID]bool
	uses                []tagUse
}

// tagUse is one use in a note.
type tagUse struct {
	at   time.Time
	user misskey.UserID
}

func (s *hashtagStore) get(name string) *hashtag { return s.byName[normalizeTag(name)] }

func (s *hashtagStore) add(name string) *hashtag {
	h := s.byName[name]
	if h == nil {
		h = &hashtag{name: name, mentioned: map[misskey.UserID]bool{}, attached: map[misskey.UserID]bool{}}
		put(&s.byName, name, h)
	}
	return h
}

// use counts the tags of a note that is not for some people only.
func (s *hashtagStore) use(n *note) {
	if n.visibility != misskey.NoteVisibilityPublic && n.visibility != misskey.NoteVisibilityHome {
		return
	}
	for _, tag := range n.tags {
		h := s.add(tag)
		h.mentioned[n.user.ID] = true
		h.uses = append(h.uses, tagUse{n.created, n.user.ID})
	}
}

// attach replaces the tags of a user's description.
func (s *hashtagStore) attach(u *User, tags []string) {
	for _, h := range s.byName {
		delete(h.attached, u.ID)
	}
	for _, tag := range tags {
		s.add(tag).attached[u.ID] = true
	}
}

// sorted returns all tags by name.
func (s *hashtagStore) sorted() []*hashtag {
	return slices.SortedFunc(maps.Values(s.byName), func(a, b *hashtag) int { return strings.Compare(a.name, b.name) })
}

// The trend of a tag is how many have used it in each of the last spans.
const (
	trendSpan  = 10 * time.Minute
	trendSpans = 20
)

// trend counts users, each once a span: the latest span first, and altogether.
func (h *hashtag) trend(now time.Time) (chart []int, users int) {
	chart = make([]int, trendSpans)
	everybody := map[misskey.UserID]bool{}
	perSpan := map[tagSpan]bool{}
	for _, use := range h.uses {
		span := int(now.Sub(use.at) / trendSpan)
		if span < 0 || span >= trendSpans {
			continue
		}
		everybody[use.user] = true
		if k := (tagSpan{span, use.user}); !perSpan[k] {
			perSpan[k] = true
			chart[span]++
		}
	}
	return chart, len(everybody)
}

type tagSpan struct {
	span int
	user misskey.UserID
}
