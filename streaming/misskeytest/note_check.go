package misskeytest

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// check holds a note that a test has made against what notes/create asks of its
// params. It panics over what could not even be sent.
func (d *draft) check(u *User, what string) *apiError {
	for _, to := range d.to {
		u.server.mustOwn(what, "a user given to To", to)
	}
	if d.channel != nil {
		u.server.mustOwn(what, "the channel given to InChannel", d.channel)
	}
	wrong := func(reason string) { panic(fmt.Sprintf("misskeytest: %s by @%s: %s", what, u.Username, reason)) }
	switch {
	case slices.ContainsFunc(append(d.choices(), d.text, d.cw), func(s string) bool { return !utf8.ValidString(s) }):
		wrong("the text is not UTF-8")
	case d.poll == nil && d.expires:
		wrong("ExpiresAfter without WithPoll")
	case d.poll == nil && d.multiple:
		wrong("MultipleChoice without WithPoll")
	}
	params := d.params()
	if refused := hasContent(params); refused != nil {
		return refused
	}
	return noteParams.check(params)
}

// params writes the note as those params of notes/create that say what is in it.
// The things that it refers to are there or not, and have their ids from the test.
func (d *draft) params() object {
	params := object{"visibility": marshal(d.visibility)}
	if d.renote == nil && d.poll == nil && len(d.files) == 0 || d.text != "" {
		params["text"] = marshal(d.text)
	}
	if d.cw != "" {
		params["cw"] = marshal(d.cw)
	}
	if d.acceptance != "" {
		params["reactionAcceptance"] = marshal(d.acceptance)
	}
	if d.renote != nil {
		params["renoteId"] = marshal("some")
	}
	if len(d.files) > 0 {
		ids := make([]string, len(d.files))
		for i := range ids {
			ids[i] = fmt.Sprint("file", i)
		}
		params["fileIds"] = marshal(ids)
	}
	if d.poll != nil {
		poll := map[string]any{"choices": append([]string{}, d.choices()...), "multiple": d.multiple}
		if d.expires {
			poll["expiredAfter"] = d.expire.Milliseconds()
		}
		params["poll"] = marshal(poll)
	}
	return params
}

func (d *draft) choices() []string {
	if d.poll == nil {
		return nil
	}
	var texts []string
	for _, c := range d.poll.choices {
		texts = append(texts, c.text)
	}
	return texts
}
