package misskeytest

import (
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Schedule makes u post a note after a while, on the server's clock: a
// notification of the kind scheduledNotePosted tells u of it.
func (u *User) Schedule(after time.Duration, text string, options ...NoteOption) {
	u.schedule("Schedule", after, "", text, options)
}

// ScheduleReply makes u answer a note after a while. Where that is impossible by
// then, because the note has been deleted for instance, u gets a notification of
// the kind scheduledNotePostFailed instead.
func (u *User) ScheduleReply(after time.Duration, to misskey.NoteID, text string, options ...NoteOption) {
	u.schedule("ScheduleReply", after, to, text, options)
}

func (u *User) schedule(what string, after time.Duration, to misskey.NoteID, text string, options []NoteOption) {
	mustGive(what, "option", options...)
	act(u, what, func() (struct{}, *apiError) {
		d := draft{visibility: misskey.NoteVisibilityPublic, text: text}
		for _, o := range options {
			o.applyToNote(&d)
		}
		if to != "" {
			if d.reply = u.server.notes.get(to); d.reply == nil {
				return struct{}{}, errNoSuchReplyTarget
			}
		}
		if refused := d.check(u, what); refused != nil {
			return struct{}{}, refused
		}
		u.server.after(after, func() { u.server.postScheduled(u, d) })
		return struct{}{}, nil
	})
}

func (s *Server) postScheduled(u *User, d draft) {
	if d.reply != nil && d.reply.deleted {
		s.notifyReady(u, &misskey.NotificationScheduledNotePostFailed{})
		return
	}
	n, refused := s.create(u, d)
	if refused != nil {
		s.notifyReady(u, &misskey.NotificationScheduledNotePostFailed{})
		return
	}
	s.notify(u, notificationContent{kind: misskey.NotificationKindScheduledNotePosted, note: n})
}
