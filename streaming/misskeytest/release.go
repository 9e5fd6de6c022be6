package misskeytest

import "fmt"

// Release is a release of Misskey that a [Server] can be. The server does what
// that release was measured to do wherever the three differ; see the package's
// documentation.
type Release string

// The releases there are.
const (
	// Release2026 is Misskey 2026.3.2, what a server is unless [WithRelease]
	// says otherwise.
	Release2026 Release = "2026.3.2"
	// Release2025 is Misskey 2025.11.1.
	Release2025 Release = "2025.11.1"
	// Release12 is Misskey 12.109.2, the last before 12.110.0: the token in the
	// query of the URL and in the bodies of calls only, calls over the socket
	// (`api`), the text `ping` answered by `pong`, and messaging instead of chat,
	// see [User.Message]. What is known of it was read, not measured; where nothing
	// is known, it is as the later ones are.
	Release12 Release = "12.109.2"
)

// WithRelease sets which release of Misskey the server is. NewServer panics
// over one that is not among the constants.
func WithRelease(r Release) Option { return func(cfg *config) { cfg.release = r } }

// facts are what tells the releases apart, one field for each difference.
type facts struct {
	release Release
	// antennaOwner: an antenna is streamed to its owner only.
	antennaOwner bool
	// roomMembers: a chat room is streamed to its members only.
	roomMembers bool
	// chatWithSelf: chatUser may be connected for oneself.
	chatWithSelf bool
	// filtersUpdates: `noteUpdated` goes only to those who may see the note.
	filtersUpdates bool
	// filtersHashtag: the channel hashtag sends only what its client may see.
	filtersHashtag bool
	// wantsTags: the channel hashtag takes no empty list of tags.
	wantsTags bool
	// readsHeader: the token may come in the Authorization header.
	readsHeader bool
	// wantsReadAccount: an app token without read:account is as good as none.
	wantsReadAccount bool
	// How a handshake is refused.
	unknownToken, suspended badHandshake
	// readsBinary: a binary frame is as good as a text frame.
	readsBinary bool
	// pings: there are websocket pings, and who does not answer is cut off.
	pings bool
	// textPing: the text "ping" is answered by the text "pong".
	textPing bool
	// answersCalls: `api` messages are REST calls.
	answersCalls bool
	// readsOneNotification: readNotification names the one that it is about.
	readsOneNotification bool
	// messaging: there is messaging, between two users and in groups.
	messaging bool
	// plainRefusals: what REST refuses has fewer statuses, kinds and header fields.
	plainRefusals bool
	// lacks are the endpoints there are not; one that ends in a slash stands for
	// all below it.
	lacks []string
	// checksTypes: a connect whose params or pong are of the wrong type is
	// ignored.
	checksTypes bool
	// acksFirst: `connected` is sent before the channel opens, whatever comes of
	// that.
	acksFirst bool
	// welcomesFollowers: followRequestAccepted comes for every follow, not only
	// for those that had to be asked for.
	welcomesFollowers bool
	// notifiesLogins: a login is a notification as well.
	notifiesLogins bool
	// channels are the rules of those there are.
	channels map[string]*channelRule
	// channelLimit is how many channels a socket may have; 0 is no limit.
	channelLimit int
}

// factsOf says what was measured of each release.
func factsOf(r Release) facts {
	switch r {
	case Release2026:
		f := modern(r)
		f.antennaOwner = true
		f.roomMembers = true
		f.filtersUpdates = true
		f.filtersHashtag = true
		f.wantsTags = true
		return f
	case Release2025:
		f := modern(r)
		f.acksFirst = true
		f.chatWithSelf = true
		return f
	case Release12:
		return facts{
			release:              r,
			unknownToken:         noAnswer,
			suspended:            badRequest,
			textPing:             true,
			answersCalls:         true,
			readsOneNotification: true,
			messaging:            true,
			plainRefusals:        true,
			lacks:                laterEndpoints,
			acksFirst:            true,
			channels:             olderRules,
		}
	}
	panic(fmt.Sprintf("misskeytest: there is no release %q", r))
}

// modern is what 2025.11.1 and 2026.3.2 have in common.
func modern(r Release) facts {
	return facts{
		release:           r,
		readsHeader:       true,
		wantsReadAccount:  true,
		unknownToken:      unauthorized,
		suspended:         forbidden,
		readsBinary:       true,
		pings:             true,
		lacks:             droppedEndpoints,
		welcomesFollowers: true,
		notifiesLogins:    true,
		checksTypes:       true,
		channels:          rules,
		channelLimit:      32,
	}
}
