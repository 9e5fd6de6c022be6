package streaming_test

import (
	"errors"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming"
)

// appPermissions are what the suite gives an app.
var appPermissions = []string{"read:account", "read:chat", "read:notifications", "write:notes"}

// Nobody may listen to what is public; the rest is a typed error at once.
func anonymousClient(x *stage) {
	c := x.connect("")
	ctx := bounded(x.T)
	for _, f := range []*feed{
		hear(c.Main(ctx, nil)),
		hear(c.HomeTimeline(ctx, streaming.HomeTimelineParams{}, nil)),
		hear(c.HybridTimeline(ctx, streaming.HybridTimelineParams{}, nil)),
		hear(c.Antenna(ctx, streaming.AntennaParams{AntennaID: "any"}, nil)),
		hear(c.Drive(ctx, nil)),
		hear(c.Admin(ctx, nil)),
		hear(c.ChatUser(ctx, streaming.ChatUserParams{OtherID: "any"}, nil)),
		hear(c.ChatRoom(ctx, streaming.ChatRoomParams{RoomID: "any"}, nil)),
		hear(c.Reversi(ctx, nil)),
	} {
		if !errors.Is(f.err, streaming.ErrCredentialRequired) {
			x.Errorf("got %v, want ErrCredentialRequired", f.err)
		}
	}
	if err := c.ReadNotifications(ctx, streaming.ReadNotificationsRequest{}); !errors.Is(err, streaming.ErrCredentialRequired) {
		x.Errorf("readNotification: got %v, want ErrCredentialRequired", err)
	}

	public := []*feed{
		hear(c.LocalTimeline(ctx, streaming.LocalTimelineParams{}, nil)),
		hear(c.GlobalTimeline(ctx, streaming.GlobalTimelineParams{}, nil)),
	}
	for _, f := range append(public[:2:2],
		hear(c.Hashtag(ctx, streaming.HashtagParams{Query: [][]string{{fresh()}}}, nil)),
		hear(c.Channel(ctx, streaming.ChannelParams{ChannelID: x.someChannel()}, nil)),
		hear(c.ServerStats(ctx, nil)),
		hear(c.QueueStats(ctx, nil)),
	) {
		f.live(x)
	}
	everyoneHears(x, x.cast().bob, public)
}

// An app's token opens the socket when it may read the account, and then the
// channels that it has the permission for.
func appTokens(x *stage) {
	alice := x.cast().alice
	if x.traits().old {
		x.report.cannot("app token without read:account", "before 13.13 it opened the socket")
	} else if token, err := x.appToken(alice, "read:account"); x.possible(err, "app token without read:account") {
		x.refused(token, streaming.Unauthorized, streaming.ErrUnauthorized)
	}
	if x.traits().lacks("chatUser") {
		return
	}
	token, err := x.appToken(alice, "read:chat")
	if !x.possible(err, "app token without read:chat") {
		return
	}
	c := x.connect(token, streaming.WithAckTimeout(500*time.Millisecond))
	ctx := bounded(x.T)
	hear(c.HomeTimeline(ctx, streaming.HomeTimelineParams{}, nil)).live(x)
	// The client does not know what its token may, and the server does not say.
	chat := hear(c.ChatUser(ctx, streaming.ChatUserParams{OtherID: x.cast().bob.id}, nil))
	neverLive(x, chat)
	sub, err := c.ChatUser(ctx, streaming.ChatUserParams{OtherID: x.cast().carol.id}, nil)
	x.must(err)
	if err := sub.Read(ctx, streaming.ChatUserRead{}); !errors.Is(err, streaming.ErrNotLive) {
		x.Errorf("send: got %v, want ErrNotLive", err)
	}
}

// A token that the server does not know is final: the client says so and closes.
func badToken(x *stage) {
	if x.traits().old {
		x.report.cannot("bad token", "before 13.13 the handshake has no status for it")
		return
	}
	x.refused("0123456789abcdef", streaming.Unauthorized, streaming.ErrUnauthorized)
}

// A suspended account is refused likewise.
func suspendedAccount(x *stage) {
	if x.traits().old {
		x.report.cannot("suspended account", "before 13.13 the handshake has no status for it")
		return
	}
	who, err := x.newcomer()
	if !x.possible(err, "suspended account") || !x.possible(x.suspend(who), "suspended account") {
		return
	}
	x.refused(who.token, streaming.Forbidden, streaming.ErrForbidden)
}

// refused dials with a token that the server refuses.
func (x *stage) refused(token string, kind streaming.HandshakeKind, sentinel error) {
	x.Helper()
	// A client that keeps trying gives up on this as well.
	c, err := x.try(x.url(), token, streaming.WithKeepTrying())
	x.must(err)
	select {
	case <-c.Done():
	case <-time.After(wait):
		x.Fatal("the client goes on")
	}
	_, err = x.try(x.url(), token)
	for _, err := range []error{err, c.Err()} {
		var h *streaming.HandshakeError
		if !errors.As(err, &h) || h.Kind != kind || !h.Final || !errors.Is(err, sentinel) {
			x.Errorf("got %v, want a final HandshakeError: %s", err, kind)
		}
	}
}
