package misskeytest

import (
	"slices"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// ClaimAchievement gives u an achievement, whatever u has done for it: a
// notification of the kind achievementEarned, the first time.
func (u *User) ClaimAchievement(name misskey.AchievementName) {
	u.server.locked(func() { u.server.claimAchievement(u, name) })
}

func (s *Server) claimAchievement(u *User, name misskey.AchievementName) {
	if slices.ContainsFunc(u.achievements, func(a misskey.Achievement) bool { return a.Name == name }) {
		return
	}
	u.achievements = append(u.achievements, misskey.Achievement{Name: name, UnlockedAt: s.now().UnixMilli()})
	s.notifyReady(u, &misskey.NotificationAchievementEarned{Achievement: name})
}
