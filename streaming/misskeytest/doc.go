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
// [User.React], [User.Vote], [User.Follow], [User.Mute], [User.Block] and so on.
// Whatever they do reaches the timelines, captures and main channels that the
// real server would send it to, notifications included, and is there when asked
// for by REST. So does what they say to each other ([User.Chat], [Room.Send]),
// keep in their drives ([User.Upload]) and play ([User.Invite]). Lists, roles,
// antennas, channels, chat rooms, pages and games are added likewise; all of them
// take an id of the test's choice with [WithID]. Every kind of event that a
// Misskey server was recorded to send has a method that provokes it; what has none
// is sent with [Server.Publish], [User.PublishMain], [Server.Broadcast] or, down
// to garbage, [Socket.SendText]. [WithChannel] adds the channels of a fork, and
// what they answer.
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
// server never tells. [Server.Deliveries] has every event that was sent to
// anybody, with a number that is the same wherever it went, so that a test can
// ask "exactly once?". [User.Notes] has what a user, or a bot, has posted, and
// [User.Chats] what was said to and by them.
// [Server.Wait] waits until a test likes what it sees.
//
// A channel is acknowledged (`connected`) only to a client that asks for it, by
// pong: true in its `connect`; without it the channel works as well.
//
// # What can go wrong
//
// [Server.Inject] takes a [Fault] that befalls sockets, connects, disconnects,
// handshakes or calls over the socket, at once or on the n-th time, and reports
// what it did. [Server.Stop], [Server.Start] and [Server.Restart] restart the server,
// [Server.LimitRate] answers 429, [User.Suspend] and [User.RegenerateToken] spoil
// a token. Time is real unless [WithClock] says otherwise.
//
// # Releases
//
// [WithRelease] makes the server one of three releases. [Release2026] and
// [Release2025] were both measured, and differ in when and whether they
// acknowledge a connect, in what becomes of a wire id that is used twice, and in
// who may hear of what. [Release12] is known from reading only. It has no
// websocket pings. Handshakes have their token in the query of the URL and calls
// in their body, and a handshake with a bad one is never answered. Headers are
// not read, which is where streaming.Connect sends its token: to this release a
// client of that package is nobody; one generated of the dialect misskey-12 is
// not. Calls may come over the socket (`api`). There is messaging
// ([User.Message], [User.AddGroup]) and neither chat nor reversi nor roles. Its
// bodies have the keys of later releases, and its timelines take their params.
//
// # Where it differs
//
// Follows, mutes and blocks count for open sockets at once, where the real server
// takes up to ten seconds, so that no test has to wait for what it has set up;
// [WithRelationRefresh] has it as the real one does. Roles are given by hand only,
// and there are no other servers. The files that the server can fetch are those of
// [Server.ServeURL]; pictures are measured, not decoded. The coin that decides who
// begins a game falls for the first player.
package misskeytest
