package misskeytest

var serverEndpoints = []*endpoint{
	&endpoint{name: "ping", run: ping},
	&endpoint{name: "meta", params: schema{{name: "detail", kind: aBoolean}}, run: meta},
}

func ping(r *request) (any, *apiError) {
	return map[string]int64{"pong": r.server.now().UnixMilli()}, nil
}

// meta says the least that clients look at.
func meta(r *request) (any, *apiError) {
	return map[string]any{
		"version":             r.server.facts.release,
		"providesTarball":     false,
		"name":                "misskeytest",
		"shortName":           nil,
		"uri":                 r.server.URL,
		"description":         nil,
		"langs":               []string{},
		"disableRegistration": true,
		"maxNoteTextLength":   maxNoteText,
		"maxFileSize":         maxFileSize,
		"policies":            r.server.policies(),
	}, nil
}
