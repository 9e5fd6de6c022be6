package misskeytest

import (
	"regexp"
	"slices"
	"strings"
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
	for text != "" {
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

// findTags returns the hashtags of a text as the server stores them, each once.
func findTags(text string) []string {
	var tags []string
	for text != "" {
		m := tagPattern.FindStringSubmatchIndex(text)
		if m == nil {
			break
		}
		if tag := normalizeTag(text[m[2]:m[3]]); !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
		text = text[m[1]:]
	}
	return tags
}

func normalizeTag(tag string) string { return strings.ToLower(tag) }
