package misskeytest

import (
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// packNotification writes a notification out for the one who has got it.
func (s *Server) packNotification(n *notification, me *User) misskey.Notification {
	common := misskey.NotificationCommon{ID: n.id, CreatedAt: n.created}
	if n.ready != nil {
		*n.ready.Common() = common
		return n.ready
	}
	var from misskey.UserLite
	if n.from != nil {
		from = s.packUser(n.from)
	}
	var note misskey.Note
	if n.note != nil {
		note = s.packNote(n.note, packing{me: me.ID})
	}
	switch n.kind {
	case misskey.NotificationKindMention:
		return &misskey.NotificationMention{NotificationCommon: common, UserID: from.ID, User: from, Note: note}
	case misskey.NotificationKindReply:
		return &misskey.NotificationReply{NotificationCommon: common, UserID: from.ID, User: from, Note: note}
	case misskey.NotificationKindRenote:
		return &misskey.NotificationRenote{NotificationCommon: common, UserID: from.ID, User: from, Note: note}
	case misskey.NotificationKindQuote:
		return &misskey.NotificationQuote{NotificationCommon: common, UserID: from.ID, User: from, Note: note}
	case misskey.NotificationKindReaction:
		return &misskey.NotificationReaction{
			NotificationCommon: common, UserID: from.ID, User: from, Note: note, Reaction: n.reaction,
		}
	case misskey.NotificationKindPollEnded:
		return &misskey.NotificationPollEnded{NotificationCommon: common, Note: note}
	case misskey.NotificationKindFollow:
		return &misskey.NotificationFollow{NotificationCommon: common, UserID: from.ID, User: from}
	case misskey.NotificationKindNote:
		return &misskey.NotificationNote{NotificationCommon: common, UserID: from.ID, User: from, Note: note}
	case misskey.NotificationKindReceiveFollowRequest:
		return &misskey.NotificationReceiveFollowRequest{NotificationCommon: common, UserID: from.ID, User: from}
	case misskey.NotificationKindFollowRequestAccepted:
		return &misskey.NotificationFollowRequestAccepted{
			NotificationCommon: common, UserID: from.ID, User: from, Message: textOrNull(n.from.profile.FollowedMessage),
		}
	case misskey.NotificationKindLogin:
		return &misskey.NotificationLogin{NotificationCommon: common}
	case misskey.NotificationKindCreateToken:
		return &misskey.NotificationCreateToken{NotificationCommon: common}
	case misskey.NotificationKindChatRoomInvitationReceived:
		return &misskey.NotificationChatRoomInvitationReceived{
			NotificationCommon: common, UserID: from.ID, User: from, Invitation: s.packInvitation(n.invitation, me),
		}
	case misskey.NotificationKindScheduledNotePosted:
		return &misskey.NotificationScheduledNotePosted{NotificationCommon: common, Note: note}
	case misskey.NotificationKindRoleAssigned:
		return &misskey.NotificationRoleAssigned{NotificationCommon: common, Role: s.packRole(n.role)}
	}
	panic("misskeytest: no way to write a notification of kind " + string(n.kind))
}
