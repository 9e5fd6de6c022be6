package misskeytest

import "github.com/misskeyactor/misskeyactor/streaming/misskey"

var achievementEndpoints = []*endpoint{
	{name: "i/claim-achievement", credential: true, permission: "write:account",
		params: schema{{name: "name", kind: aText, required: true}}, run: claimAchievement},
	{name: "users/achievements", params: oneUser, run: listAchievements},
}

func claimAchievement(r *request) (any, *apiError) {
	name := misskey.AchievementName(r.text("name"))
	if !name.Known() {
		return nil, invalidParam("#/properties/name/enum", "must be equal to one of the allowed values")
	}
	r.server.claimAchievement(r.user, name)
	return nil, nil
}

func listAchievements(r *request) (any, *apiError) {
	u, ok := r.server.users.get(misskey.UserID(r.text("userId")))
	if !ok {
		return nil, internalError("no such user")
	}
	return append([]misskey.Achievement{}, u.achievements...), nil
}
