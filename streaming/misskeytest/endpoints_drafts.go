package misskeytest

import "slices"

var draftEndpoints = []*endpoint{
	{name: "notes/drafts/create", credential: true, permission: "write:account", params: draftParams, run: createDraft},
	{name: "notes/drafts/update", credential: true, permission: "write:account",
		params: slices.Concat(oneDraft, draftParams), run: updateDraft},
	{name: "notes/drafts/delete", credential: true, permission: "write:account", params: oneDraft, run: deleteDraft},
	{name: "notes/drafts/list", credential: true, permission: "read:account",
		params: paged(param{name: "scheduled", kind: aBoolean, nullable: true}), run: listDrafts},
	{name: "notes/drafts/count", credential: true, permission: "read:account", run: countDrafts},
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

var (
	errTooManyDrafts       = refusal("TOO_MANY_DRAFTS", "9ee33bbe-fde3-4c71-9b51-e50492c6b9c8", "You cannot create drafts any more.")
	errTooManyScheduled    = refusal("TOO_MANY_SCHEDULED_NOTES", "22ae69eb-09e3-4541-a850-773cfa45e693", "You cannot create scheduled notes any more.")
	errScheduledAtRequired = refusal("SCHEDULED_AT_REQUIRED", "15e28a55-e74c-4d65-89b7-8880cdaaa87d", "scheduledAt is required when isActuallyScheduled is true.")
	errScheduledAtPast     = refusal("SCHEDULED_AT_MUST_BE_IN_FUTURE", "e4bed6c9-017e-4934-aed0-01c22cc60ec1", "scheduledAt must be in the future.")
	errNoSuchDraft         = refusal("NO_SUCH_NOTE_DRAFT", "49cd6b9d-848e-41ee-b0b9-adaca711a6b1", "No such note draft.")

	errTooManyScheduledUpdate    = refusal("TOO_MANY_SCHEDULED_NOTES", "02f5df79-08ae-4a33-8524-f1503c8f6212", "You cannot create scheduled notes any more.")
	errScheduledAtRequiredUpdate = refusal("SCHEDULED_AT_REQUIRED", "fe9737d5-cc41-498c-af9d-149207307530", "scheduledAt is required when isActuallyScheduled is true.")
	errScheduledAtPastUpdate     = refusal("SCHEDULED_AT_MUST_BE_IN_FUTURE", "ed1a6673-d0d1-4364-aaae-9bf3f139cbc5", "scheduledAt must be in the future.")
)

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
