package misskeytest

var accountEndpoints = []*endpoint{
	&endpoint{name: "i", credential: true, permission: "read:account", run: showMe},
}

func showMe(r *request) (any, *apiError) { return r.server.packMe(r.user), nil }
