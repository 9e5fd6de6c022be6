// Package misskeytest is a Misskey server to test bots against: what httptest
// is to net/http. It runs in the process of the test, on a real loopback
// socket, and answers the streaming protocol and the REST calls of bots as
// Misskey 2026.3.2 was measured to.
//
//	srv := misskeytest.NewServer()
//	defer srv.Close()
//	bot, alice := srv.AddUser("bot"), srv.AddUser("alice")
//
//	// Point the bot at srv.URL with bot.Token(), then let things happen:
//	note := alice.Post("hello @bot #greeting", misskeytest.WithPoll("tea", "coffee"))
//	bot.Reply(note.ID, "hello")
//	alice.React(note.ID, "👍")
//	alice.Delete(note.ID)
//
// # The world
//
// A test acts in the name of users: [User.Post], [User.Reply], [User.Renote],
// [User.React], [User.Vote], [User.Follow] and so on. Whatever they do reaches
// the timelines, captures and main channels that the real server would send it
// to, notifications included, and is there when asked for by REST. Lists, roles,
// antennas, channels, chat rooms and games are added likewise; all of them take
// an id of the test's choice with [WithID]. What has no method of its own is
// sent with [Server.Publish], [User.PublishMain], [Server.Broadcast] or, down to
// garbage, [Socket.SendText].
//
// # REST
//
// [Server.URL] takes the calls of bots, with the statuses, errors and pages that
// were measured: timelines come from lists of latest notes as far as those go
// ([Server.FlushTimelines] empties them, [WithoutDatabaseFallback] leaves it at
// them), and calls are counted, so that a bot that posts or polls too often gets
// its 429 ([WithoutRateLimits] stops that).
//
// # What the client did
//
// [Server.Sockets] has every open socket: its [Socket.Connections],
// [Socket.Captures], every frame it has [Socket.Received], and every `connect`
// with the reason why it was ignored, where it was ([Socket.Connects]). The real
// server never tells. [Server.Wait] waits until a test likes what it sees.
//
// # What can go wrong
//
// [Server.DropConnections] and [Socket.Drop] break sockets without a word,
// [Server.Stop] and [Server.Start] restart the server, [Server.IgnoreConnects]
// loses connects, [Server.LimitRate] answers 429, [User.Suspend] and
// [User.RegenerateToken] spoil a token. Time is real unless [WithClock] says
// otherwise.
//
// # Where it differs
//
// A connect and a disconnect that arrive together really stop the channel,
// where the real server goes on sending on some. Follows, and with them timelines, take effect at once, where the real server
// takes up to ten seconds. There are no mutes and blocks and no other servers.
// Connects that arrive in a burst are dealt with one after the other: the real
// server lets more than 32 channels, and the same channel twice, slip through
// then.
package misskeytest
