package misskeytest

import "github.com/misskeyactor/misskeyactor/streaming/misskey"

// Report makes u report another account: `newAbuseUserReport` on the admin
// channels of everyone who has a role for moderators or administrators.
func (u *User) Report(other *User, comment string) {
	u.server.mustOwn("Report", "other", other)
	act(u, "Report", func() (struct{}, *apiError) { return struct{}{}, u.server.report(u, other, comment) })
}

func (s *Server) report(u, other *User, comment string) *apiError {
	switch {
	case u == other:
		return errReportYourself
	case s.isAdministrator(other):
		return errReportAdmin
	}
	body := abuseReport{
		ID:           misskey.AbuseReportID(s.nextID()),
		TargetUserID: other.ID,
		ReporterID:   u.ID,
		Comment:      comment,
	}
	for _, moderator := range s.moderators() {
		s.publish(topic{"admin", string(moderator.ID)}, "newAbuseUserReport", body)
	}
	return nil
}

type abuseReport struct {
	ID           misskey.AbuseReportID `json:"id"`
	TargetUserID misskey.UserID        `json:"targetUserId"`
	ReporterID   misskey.UserID        `json:"reporterId"`
	Comment      string                `json:"comment"`
}
