package misskeytest

import "github.com/misskeyactor/misskeyactor/streaming/misskey"

// exportEndpoints ask for a file; the caller is told when it is there.
var exportEndpoints = func() []*endpoint {
	var all []*endpoint
	for what, name := range exportNames {
		if what == misskey.ExportedEntityCustomEmoji {
			continue // is asked for elsewhere
		}
		all = append(all, &endpoint{name: "i/export-" + name, credential: true, secure: true,
			run: func(r *request) (any, *apiError) {
				_, refused := r.server.export(r.user, what)
				return nil, refused
			}})
	}
	return all
}()
