package misskeytest

import "slices"

var draftEndpoints = []*endpoint{
	&endpoint{name: "notes/drafts/create", credential: true, permission: "write:account", params: draftParams, run: createDraft},
	&endpoint{name: "notes/drafts/update", credential: true, permission: "write:account",
		params: slices.Concat(oneDraft, draftParams), run: updateDraft},
	&endpoint{name: "notes/drafts/delete", credential: true, permission: "write:account", params: oneDraft, run: deleteDraft},
	&endpoint{name: "notes/drafts/list", credential: true, permission: "read:account",
		params: paged(param{name: "scheduled", kind: aBoolean, nullable: true}), run: listDrafts},
	&endpoint{name: "notes/drafts/count", credential: true, permission: "read:account", run: countDrafts},
}

var oneDraft = schema{{name: "draftId", kind: anID, required: true}}

// draftParams are those of a note, which a draft may lack all of.
var draftParams = slices.Concat(noteParams[:11:11], schema{
	{name: "text", kind: aText, nullable: true, max: maxNoteText},
	{name: "fileIds", kind: someIDs, max: 16, unique: true},
	{name: "poll", kind: anObject, nullable: true, fields: pollParams(0)},
	{name: "hashtag", kind: aText, nullable: true, max: 200},
	{name: "scheduledAt", kind: anInteger, nullable: true},
	{name: "isActuallyScheduled", kind: aBoolean},
})

func createDraft(r *request) (any, *apiError) {
	d := &noteDraft{user: r.user, params: r.params}
	if refused := r.server.keepDraft(d, draftCreation); refused != nil {
		return nil, refused
	}
	return map[string]any{"createdDraft": r.server.packDraft(d)}, nil
}

// updateDraft replaces the params that are given; the others stay.
func updateDraft(r *request) (any, *apiError) {
	d := r.server.draftOf(r.user, r.text("draftId"))
	if d == nil {
		return nil, errNoSuchDraft
	}
	if refused := r.server.changeDraft(d, r.params); refused != nil {
		return nil, refused
	}
	return map[string]any{"updatedDraft": r.server.packDraft(d)}, nil
}

func deleteDraft(r *request) (any, *apiError) {
	d := r.server.draftOf(r.user, r.text("draftId"))
	if d == nil {
		return nil, errNoSuchDraft
	}
	r.server.dropDraft(d)
	return nil, nil
}

func listDrafts(r *request) (any, *apiError) {
	list := []any{}
	if r.params["limit"] == nil {
		r.params["limit"] = marshal(30)
	}
	for _, d := range page(r, r.server.drafts, (*noteDraft).key, func(d *noteDraft) bool {
		return d.user == r.user && r.agrees("scheduled", d.scheduled())
	}) {
		list = append(list, r.server.packDraft(d))
	}
	return list, nil
}

func countDrafts(r *request) (any, *apiError) {
	drafts, _ := r.server.countDrafts(r.user)
	return drafts, nil
}
