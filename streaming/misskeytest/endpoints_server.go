package misskeytest

import (
	"maps"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var serverEndpoints = []*endpoint{
	{name: "ping", run: ping},
	{name: "meta", params: schema{{name: "detail", kind: aBoolean}}, run: meta},
	{name: "stats", run: stats},
	{name: "get-online-users-count", get: true, run: countOnlineUsers},
	{name: "server-info", get: true, run: serverInfo},
}

func ping(r *request) (any, *apiError) {
	return map[string]int64{"pong": r.server.now().UnixMilli()}, nil
}

// emptyMeta are the keys of `meta` that a server without settings leaves at
// null, false or nothing.
var emptyMeta = struct{ null, no, none []string }{
	null: []string{
		"maintainerName", "maintainerEmail", "shortName", "description", "tosUrl", "defaultDarkTheme", "defaultLightTheme",
		"hcaptchaSiteKey", "mcaptchaSiteKey", "mcaptchaInstanceUrl", "recaptchaSiteKey", "turnstileSiteKey",
		"googleAnalyticsMeasurementId", "swPublickey", "bannerUrl", "serverErrorImageUrl", "infoImageUrl", "notFoundImageUrl",
		"iconUrl", "sentryForFrontend", "backgroundImageUrl", "impressumUrl", "logoImageUrl", "privacyPolicyUrl",
		"inquiryUrl", "themeColor",
	},
	no: []string{
		"providesTarball", "emailRequiredForSignup", "enableHcaptcha", "enableMcaptcha", "enableRecaptcha",
		"enableTurnstile", "enableTestcaptcha", "enableEmail", "enableServiceWorker", "translatorAvailable",
	},
	none: []string{"langs", "ads", "serverRules"},
}

// meta describes a server that nobody has set up, closed to registration and to
// other servers.
func meta(r *request) (any, *apiError) {
	m := map[string]any{
		"version":             r.server.facts.release,
		"name":                "misskeytest",
		"uri":                 r.server.URL,
		"repositoryUrl":       "https://github.com/misskey-dev/misskey",
		"feedbackUrl":         "https://github.com/misskey-dev/misskey/issues/new",
		"clientOptions":       map[string]any{},
		"disableRegistration": true,
		"mascotImageUrl":      "/assets/ai.png",
		"maxNoteTextLength":   maxNoteText,
		"notesPerOneAd":       0,
		"mediaProxy":          r.server.URL + "/proxy",
		"enableUrlPreview":    true,
		"policies":            r.server.policies(),
		"noteSearchableScope": "local",
		"maxFileSize":         maxFileSize,
		"federation":          "none",
	}
	for _, key := range emptyMeta.null {
		m[key] = nil
	}
	for _, key := range emptyMeta.no {
		m[key] = false
	}
	for _, key := range emptyMeta.none {
		m[key] = []string{}
	}
	if r.boolean("detail", true) {
		maps.Copy(m, map[string]any{
			"cacheRemoteFiles":          false,
			"cacheRemoteSensitiveFiles": true,
			"requireSetup":              false,
			"proxyAccountName":          nil,
			"features": map[string]bool{
				"localTimeline": r.server.policies().LtlAvailable, "globalTimeline": r.server.policies().GtlAvailable,
				"registration": false, "emailRequiredForSignup": false, "hcaptcha": false, "recaptcha": false,
				"turnstile": false, "objectStorage": false, "serviceWorker": false, "miauth": true,
			},
		})
	}
	return m, nil
}

// stats counts what there is; there are no other servers.
func stats(r *request) (any, *apiError) {
	s := r.server
	notes, users := len(s.notes.ordered), len(s.users.all)
	return map[string]int{
		"notesCount":         notes,
		"originalNotesCount": notes,
		"usersCount":         users,
		"originalUsersCount": users,
		"instances":          0,
		"driveUsageLocal":    0,
		"driveUsageRemote":   0,
	}, nil
}

func countOnlineUsers(r *request) (any, *apiError) {
	count := 0
	for _, u := range r.server.users.all {
		if u.onlineStatus() == misskey.OnlineStatusOnline {
			count++
		}
	}
	return map[string]int{"count": count}, nil
}

// serverInfo is about a machine that there is not.
func serverInfo(*request) (any, *apiError) {
	return map[string]any{
		"machine": "misskeytest",
		"cpu":     map[string]any{"model": "?", "cores": 1},
		"mem":     map[string]int64{"total": 1 << 30},
		"fs":      map[string]int64{"total": 1 << 40, "used": 1 << 30},
	}, nil
}
