package misskeytest

import (
	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var announcementEndpoints = []*endpoint{
	{name: "announcements",
		params: paged(param{name: "isActive", kind: aBoolean}), run: listAnnouncements},
	{name: "announcements/show", params: oneAnnouncement, run: showAnnouncement},
	{name: "i/read-announcement", credential: true, permission: "write:account", params: oneAnnouncement, run: readAnnouncement},
	{name: "admin/announcements/create", credential: true, permission: "write:admin:announcements", allowed: (*Server).isModerator,
		params: schema{
			{name: "title", kind: aText, required: true, min: 1},
			{name: "text", kind: aText, required: true, min: 1},
			{name: "imageUrl", kind: aText, nullable: true, required: true},
			{name: "icon", kind: aText, oneOf: []string{"info", "warning", "error", "success"}},
			{name: "display", kind: aText, oneOf: []string{"normal", "banner", "dialog"}},
			{name: "forExistingUsers", kind: aBoolean},
			{name: "silence", kind: aBoolean},
			{name: "needConfirmationToRead", kind: aBoolean},
			{name: "userId", kind: anID, nullable: true},
		}, run: createAnnouncement},
	{name: "admin/announcements/delete", credential: true, permission: "write:admin:announcements", allowed: (*Server).isModerator,
		params: schema{{name: "id", kind: anID, required: true}}, run: deleteAnnouncement},
}

var oneAnnouncement = schema{{name: "announcementId", kind: anID, required: true}}

var (
	errNoSuchAnnouncement       = refusal("NO_SUCH_ANNOUNCEMENT", "b57b5e1d-4f49-404a-9edb-46b00268f121", "No such announcement.")
	errNoSuchAnnouncementDelete = refusal("NO_SUCH_ANNOUNCEMENT", "ecad8040-a276-4e85-bda9-015a708d291e", "No such announcement.")
)

func (r *request) announcementID() misskey.AnnouncementID {
	return misskey.AnnouncementID(r.text("announcementId"))
}

// packAnnouncement says for whom it is and, to a user, whether they have read
// it.
func (r *request) packAnnouncement(a *announcement) misskey.Announcement {
	m := a.Announcement
	m.ForYou = opt.Of(a.to != nil && a.to == r.user)
	if r.user != nil {
		m.IsRead = opt.Of(a.read[r.user.ID])
	}
	return m
}

func listAnnouncements(r *request) (any, *apiError) {
	active := r.boolean("isActive", true)
	all := []misskey.Announcement{}
	for _, a := range page(r, r.server.announcements.all, (*announcement).key, func(a *announcement) bool {
		return a.active == active && (a.to == nil || a.to == r.user)
	}) {
		all = append(all, r.packAnnouncement(a))
	}
	return all, nil
}

func showAnnouncement(r *request) (any, *apiError) {
	a, ok := r.server.announcements.get(r.announcementID())
	if !ok || a.to != nil && a.to != r.user {
		return nil, errNoSuchAnnouncement
	}
	return r.packAnnouncement(a), nil
}

func readAnnouncement(r *request) (any, *apiError) {
	r.server.readAnnouncement(r.user, r.announcementID())
	return nil, nil
}

func createAnnouncement(r *request) (any, *apiError) {
	a := newAnnouncement(r.text("title"), r.text("text"))
	a.ImageURL = textOrNull(r.text("imageUrl"))
	if icon, given := r.params.text("icon"); given {
		a.Icon = misskey.AnnouncementIcon(icon)
	}
	if display, given := r.params.text("display"); given {
		a.Display = misskey.AnnouncementDisplay(display)
	}
	a.Silence = r.boolean("silence", false)
	a.NeedConfirmationToRead = r.boolean("needConfirmationToRead", false)
	var to *User
	if id, given := r.params.text("userId"); given {
		var ok bool
		if to, ok = r.server.users.get(misskey.UserID(id)); !ok {
			return nil, internalError("no such user")
		}
	}
	return r.server.announce(a, to), nil
}

func deleteAnnouncement(r *request) (any, *apiError) {
	id := misskey.AnnouncementID(r.text("id"))
	if _, ok := r.server.announcements.get(id); !ok {
		return nil, errNoSuchAnnouncementDelete
	}
	r.server.announcements.remove(id)
	return nil, nil
}
