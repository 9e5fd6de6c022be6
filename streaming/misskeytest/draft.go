package misskeytest

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// noteDraft is a note that is written and not posted, or waits for its hour.
type noteDraft struct {
	id     string
	user   *User
	params object // of notes/create, and those of a draft
	due    *call
}

func (d *noteDraft) key() string { return d.id }

// scheduled reports whether the draft is going to be posted.
func (d *noteDraft) scheduled() bool {
	scheduled, _ := toBoolean(d.params["isActuallyScheduled"])
	return scheduled
}

// hour returns when the draft is to be posted.
func (d *noteDraft) hour() (time.Time, bool) {
	return d.params.moment("scheduledAt")
}

// draftRefusals are what is wrong with a draft's hour; creating and updating
// have ids of their own for it.
type draftRefusals struct{ needsHour, inThePast, tooMany *apiError }

var (
	draftCreation = draftRefusals{errScheduledAtRequired, errScheduledAtPast, errTooManyScheduled}
	draftUpdate   = draftRefusals{errScheduledAtRequiredUpdate, errScheduledAtPastUpdate, errTooManyScheduledUpdate}
)

func (s *Server) countDrafts(u *User) (drafts, scheduled int) {
	for _, d := range s.drafts {
		if d.user == u {
			drafts++
			if d.scheduled() {
				scheduled++
			}
		}
	}
	return drafts, scheduled
}

// draftOf finds a draft of the user's, nil where there is none.
func (s *Server) draftOf(u *User, id string) *noteDraft {
	for _, d := range s.drafts {
		if d.id == id && d.user == u {
			return d
		}
	}
	return nil
}

// keepDraft takes a new draft in and arranges for it to be posted.
func (s *Server) keepDraft(d *noteDraft, refusals draftRefusals) *apiError {
	drafts, scheduled := s.countDrafts(d.user)
	if drafts >= int(s.policiesOf(d.user).NoteDraftLimit) {
		return errTooManyDrafts
	}
	if refused := s.checkDraft(d, scheduled, refusals); refused != nil {
		return refused
	}
	d.id = s.nextID()
	s.drafts = append(s.drafts, d)
	s.scheduleDraft(d)
	return nil
}

func (s *Server) changeDraft(d *noteDraft, params object) *apiError {
	changed := &noteDraft{user: d.user, params: maps.Clone(d.params)}
	maps.Copy(changed.params, params)
	_, others := s.countDrafts(d.user)
	if d.scheduled() {
		others--
	}
	if refused := s.checkDraft(changed, others, draftUpdate); refused != nil {
		return refused
	}
	d.params = changed.params
	s.stop(d.due)
	s.scheduleDraft(d)
	return nil
}

// checkDraft: what the note refers to has to exist, and its hour has to come.
func (s *Server) checkDraft(d *noteDraft, scheduled int, refusals draftRefusals) *apiError {
	if d.scheduled() {
		at, given := d.hour()
		switch {
		case !given:
			return refusals.needsHour
		case !at.After(s.now()):
			return refusals.inThePast
		case scheduled >= int(s.policiesOf(d.user).ScheduledNoteLimit):
			return refusals.tooMany
		}
	}
	_, refused := d.asNote(s)
	return refused
}

// asNote makes of the draft what notes/create would.
func (d *noteDraft) asNote(s *Server) (draft, *apiError) {
	return (&request{server: s, user: d.user, params: d.params}).draft()
}

func (s *Server) scheduleDraft(d *noteDraft) {
	if at, ok := d.hour(); ok && d.scheduled() {
		d.due = s.after(at.Sub(s.now()), func() { s.postDraft(d) })
	}
}

func (s *Server) dropDraft(d *noteDraft) {
	s.stop(d.due)
	s.drafts = slices.DeleteFunc(s.drafts, func(other *noteDraft) bool { return other == d })
}

// postDraft posts a scheduled note when its hour has come, and tells its author
// about it: `scheduledNotePosted`. What can no longer be posted stays a draft:
// `scheduledNotePostFailed`.
func (s *Server) postDraft(d *noteDraft) {
	n, refused := s.createFromDraft(d)
	if refused != nil {
		failed := &misskey.NotificationScheduledNotePostFailed{}
		s.notify(d.user, notificationContent{kind: failed.Kind(), ready: failed})
		return
	}
	s.dropDraft(d)
	posted := &misskey.NotificationScheduledNotePosted{Note: s.packNote(n, packing{me: d.user.ID})}
	s.notify(d.user, notificationContent{kind: posted.Kind(), ready: posted})
}

func (s *Server) createFromDraft(d *noteDraft) (*note, *apiError) {
	if refused := hasContent(d.params); refused != nil {
		return nil, refused
	}
	note, refused := d.asNote(s)
	if refused != nil {
		return nil, refused
	}
	return s.create(d.user, note)
}

func (s *Server) packDraft(d *noteDraft) misskey.NoteDraft {
	r := request{server: s, user: d.user, params: d.params}
	m := misskey.NoteDraft{
		ID:                  misskey.NoteDraftID(d.id),
		CreatedAt:           s.madeAt(d.id),
		UserID:              d.user.ID,
		User:                s.packUser(d.user),
		Text:                textOrNull(r.text("text")),
		CW:                  textOrNull(r.text("cw")),
		Hashtag:             textOrNull(r.text("hashtag")),
		Visibility:          misskey.NoteVisibilityPublic,
		VisibleUserIDs:      []misskey.UserID{},
		LocalOnly:           r.boolean("localOnly", false),
		FileIDs:             []misskey.DriveFileID{},
		IsActuallyScheduled: d.scheduled(),
	}
	if v, ok := r.params.text("visibility"); ok {
		m.Visibility = misskey.NoteVisibility(v)
	}
	if a, ok := r.params.text("reactionAcceptance"); ok {
		m.ReactionAcceptance = opt.Of(misskey.ReactionAcceptance(a))
	}
	for _, id := range r.texts("visibleUserIds") {
		m.VisibleUserIDs = append(m.VisibleUserIDs, misskey.UserID(id))
	}
	for _, id := range r.texts("fileIds") {
		m.FileIDs = append(m.FileIDs, misskey.DriveFileID(id))
	}
	if id, ok := r.params.text("replyId"); ok {
		m.ReplyID = opt.Of(misskey.NoteID(id))
	}
	if id, ok := r.params.text("renoteId"); ok {
		m.RenoteID = opt.Of(misskey.NoteID(id))
	}
	if id, ok := r.params.text("channelId"); ok {
		m.ChannelID = opt.Of(misskey.ChannelID(id))
	}
	if at, ok := d.hour(); ok {
		m.ScheduledAt = opt.Of(at.UnixMilli())
	}
	m.Poll = packDraftPoll(d.params["poll"])
	return m
}

func packDraftPoll(raw json.RawMessage) *misskey.NoteDraftPoll {
	params, ok := toObject(raw)
	if !ok {
		return nil
	}
	p := &misskey.NoteDraftPoll{}
	p.Multiple, _ = toBoolean(params["multiple"])
	_ = json.Unmarshal(params["choices"], &p.Choices) // checked
	if at, ok := params.moment("expiresAt"); ok {
		p.ExpiresAt = opt.Of(at)
	}
	if after, ok := params.integer("expiredAfter"); ok {
		p.ExpiredAfter = opt.Of(int64(after))
	}
	return p
}
