package misskeytest

import (
	"fmt"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// exportNames are what the files of exports are called.
var exportNames = map[misskey.ExportedEntity]string{
	misskey.ExportedEntityAntenna:     "antennas",
	misskey.ExportedEntityBlocking:    "blocking",
	misskey.ExportedEntityClip:        "clips",
	misskey.ExportedEntityCustomEmoji: "emojis",
	misskey.ExportedEntityFavorite:    "favorites",
	misskey.ExportedEntityFollowing:   "following",
	misskey.ExportedEntityMuting:      "mute",
	misskey.ExportedEntityNote:        "notes",
	misskey.ExportedEntityUserList:    "user-lists",
}

// Export puts a file for the export into u's drive, with the events of
// [User.Upload], and gives u a notification of the kind exportCompleted. There is
// nothing in the file but an empty list.
func (u *User) Export(what misskey.ExportedEntity) misskey.DriveFile {
	return act(u, "Export", func() (misskey.DriveFile, *apiError) { return u.server.export(u, what) })
}

func (s *Server) export(u *User, what misskey.ExportedEntity) (misskey.DriveFile, *apiError) {
	name := exportNames[what]
	if name == "" {
		panic(fmt.Sprintf("misskeytest: there is no export of %q", what))
	}
	f, refused := s.upload(u, fileDraft{
		name:    name + s.now().Format("-2006-01-02-15-04-05.json"),
		content: []byte("[]"),
		force:   true,
	})
	if refused != nil {
		return misskey.DriveFile{}, refused
	}
	s.notifyReady(u, &misskey.NotificationExportCompleted{ExportedEntity: what, FileID: f.ID})
	return f.DriveFile, nil
}
