package misskeytest

import "github.com/misskeyactor/misskeyactor/streaming/misskey"

var timelineEndpoints = []*endpoint{
	&endpoint{name: "notes/timeline", credential: true, permission: "read:account", params: timelineParams, run: homeTimeline},
	&endpoint{name: "notes/local-timeline", params: timelineParams, run: localTimeline},
}

var timelineParams = append(paging[:len(paging):len(paging)],
	param{name: "withFiles", kind: aBoolean},
	param{name: "withRenotes", kind: aBoolean},
	param{name: "withReplies", kind: aBoolean},
)

func homeTimeline(r *request) (any, *apiError) { return r.timeline(view.home), nil }

func localTimeline(r *request) (any, *apiError) {
	if r.boolean("withReplies", false) && r.boolean("withFiles", false) {
		return nil, errFilesAndReplies
	}
	return r.timeline(view.local), nil
}

// timeline shows the notes that the channel of the same name would have sent.
func (r *request) timeline(shows func(view, *note) bool) []misskey.Note {
	v := view{
		server:      r.server,
		me:          r.me(),
		withRenotes: r.boolean("withRenotes", true),
		withReplies: r.boolean("withReplies", false),
		withFiles:   r.boolean("withFiles", false),
	}
	list := []misskey.Note{}
	for _, n := range page(r, r.server.notes.ordered, (*note).key, func(n *note) bool { return shows(v, n) }) {
		list = append(list, r.server.packNote(n, packing{me: v.me}))
	}
	return list
}
