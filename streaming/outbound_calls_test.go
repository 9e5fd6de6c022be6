package streaming_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// subscribers makes the typed call for each channel out of recorded params.
var subscribers = map[string]func(context.Context, *streaming.Client, *fields) (subscription, error){
	"main": func(ctx context.Context, c *streaming.Client, _ *fields) (subscription, error) {
		return as(c.Main(ctx, nil))
	},
	"homeTimeline": func(ctx context.Context, c *streaming.Client, f *fields) (subscription, error) {
		return as(c.HomeTimeline(ctx, streaming.HomeTimelineParams{
			WithRenotes: take[bool](f, "withRenotes"),
			WithFiles:   take[bool](f, "withFiles"),
		}, nil))
	},
	"localTimeline": func(ctx context.Context, c *streaming.Client, f *fields) (subscription, error) {
		return as(c.LocalTimeline(ctx, streaming.LocalTimelineParams{
			WithRenotes: take[bool](f, "withRenotes"),
			WithReplies: take[bool](f, "withReplies"),
			WithFiles:   take[bool](f, "withFiles"),
		}, nil))
	},
	"hybridTimeline": func(ctx context.Context, c *streaming.Client, f *fields) (subscription, error) {
		return as(c.HybridTimeline(ctx, streaming.HybridTimelineParams{
			WithRenotes: take[bool](f, "withRenotes"),
			WithReplies: take[bool](f, "withReplies"),
			WithFiles:   take[bool](f, "withFiles"),
		}, nil))
	},
	"globalTimeline": func(ctx context.Context, c *streaming.Client, f *fields) (subscription, error) {
		return as(c.GlobalTimeline(ctx, streaming.GlobalTimelineParams{
			WithRenotes: take[bool](f, "withRenotes"),
			WithFiles:   take[bool](f, "withFiles"),
		}, nil))
	},
	"userList": func(ctx context.Context, c *streaming.Client, f *fields) (subscription, error) {
		return as(c.UserList(ctx, streaming.UserListParams{
			ListID:      take[misskey.UserListID](f, "listId").OrZero(),
			WithFiles:   take[bool](f, "withFiles"),
			WithRenotes: take[bool](f, "withRenotes"),
		}, nil))
	},
	"hashtag": func(ctx context.Context, c *streaming.Client, f *fields) (subscription, error) {
		return as(c.Hashtag(ctx, streaming.HashtagParams{Query: take[[][]string](f, "q").OrZero()}, nil))
	},
	"roleTimeline": func(ctx context.Context, c *streaming.Client, f *fields) (subscription, error) {
		return as(c.RoleTimeline(ctx, streaming.RoleTimelineParams{RoleID: take[misskey.RoleID](f, "roleId").OrZero()}, nil))
	},
	"antenna": func(ctx context.Context, c *streaming.Client, f *fields) (subscription, error) {
		return as(c.Antenna(ctx, streaming.AntennaParams{AntennaID: take[misskey.AntennaID](f, "antennaId").OrZero()}, nil))
	},
	"channel": func(ctx context.Context, c *streaming.Client, f *fields) (subscription, error) {
		return as(c.Channel(ctx, streaming.ChannelParams{ChannelID: take[misskey.ChannelID](f, "channelId").OrZero()}, nil))
	},
	"drive": func(ctx context.Context, c *streaming.Client, _ *fields) (subscription, error) {
		return as(c.Drive(ctx, nil))
	},
	"serverStats": func(ctx context.Context, c *streaming.Client, _ *fields) (subscription, error) {
		return as(c.ServerStats(ctx, nil))
	},
	"queueStats": func(ctx context.Context, c *streaming.Client, _ *fields) (subscription, error) {
		return as(c.QueueStats(ctx, nil))
	},
	"admin": func(ctx context.Context, c *streaming.Client, _ *fields) (subscription, error) {
		return as(c.Admin(ctx, nil))
	},
	"chatUser": func(ctx context.Context, c *streaming.Client, f *fields) (subscription, error) {
		return as(c.ChatUser(ctx, streaming.ChatUserParams{OtherID: take[misskey.UserID](f, "otherId").OrZero()}, nil))
	},
	"chatRoom": func(ctx context.Context, c *streaming.Client, f *fields) (subscription, error) {
		return as(c.ChatRoom(ctx, streaming.ChatRoomParams{RoomID: take[misskey.ChatRoomID](f, "roomId").OrZero()}, nil))
	},
	"reversi": func(ctx context.Context, c *streaming.Client, _ *fields) (subscription, error) {
		return as(c.Reversi(ctx, nil))
	},
	"reversiGame": func(ctx context.Context, c *streaming.Client, f *fields) (subscription, error) {
		return as(c.ReversiGame(ctx, streaming.ReversiGameParams{GameID: take[misskey.ReversiGameID](f, "gameId").OrZero()}, nil))
	},
}

// as gives a subscription its common type, and none where there is an error.
func as[S subscription](sub S, err error) (subscription, error) {
	if err != nil {
		return nil, err
	}
	return sub, nil
}

// send makes the typed send for a recorded message.
func send(ctx context.Context, sub subscription, typ string, body json.RawMessage) error {
	f := newFields(body)
	var err error
	switch s := sub.(type) {
	case *streaming.ChatUserSubscription:
		if typ == "read" {
			err = s.Read(ctx, streaming.ChatUserRead{ID: take[misskey.ChatMessageID](f, "id")})
			return errors.Join(err, f.done())
		}
	case *streaming.ChatRoomSubscription:
		if typ == "read" {
			err = s.Read(ctx, streaming.ChatRoomRead{ID: take[misskey.ChatMessageID](f, "id")})
			return errors.Join(err, f.done())
		}
	case *streaming.ServerStatsSubscription:
		if typ == "requestLog" {
			err = s.RequestLog(ctx, streaming.ServerStatsRequestLog{
				ID:     take[json.RawMessage](f, "id").OrZero(),
				Length: take[int64](f, "length").OrZero(),
			})
			return errors.Join(err, f.done())
		}
	case *streaming.QueueStatsSubscription:
		if typ == "requestLog" {
			err = s.RequestLog(ctx, streaming.QueueStatsRequestLog{
				ID:     take[string](f, "id").OrZero(),
				Length: take[int64](f, "length").OrZero(),
			})
			return errors.Join(err, f.done())
		}
	case *streaming.ReversiGameSubscription:
		switch typ {
		case "ready":
			var ready bool
			if err := json.Unmarshal(body, &ready); err != nil {
				return err
			}
			return s.Ready(ctx, ready)
		case "updateSettings":
			err = s.UpdateSettings(ctx, streaming.ReversiGameUpdateSettings{
				Key:   take[string](f, "key").OrZero(),
				Value: take[json.RawMessage](f, "value").OrZero(),
			})
			return errors.Join(err, f.done())
		case "putStone":
			err = s.PutStone(ctx, streaming.ReversiGamePutStone{
				Pos: take[int64](f, "pos").OrZero(),
				ID:  take[string](f, "id").OrZero(),
			})
			return errors.Join(err, f.done())
		case "cancel":
			return errors.Join(s.Cancel(ctx), f.done())
		case "claimTimeIsUp":
			return errors.Join(s.ClaimTimeIsUp(ctx), f.done())
		}
	}
	return fmt.Errorf("no call for the message %q to %s", typ, sub.Channel())
}

// fields hands out the fields of a recorded object, each once.
type fields struct {
	left map[string]json.RawMessage
	errs []error
}

func newFields(object json.RawMessage) *fields {
	f := &fields{}
	if len(object) > 0 && object[0] == '{' {
		f.errs = append(f.errs, json.Unmarshal(object, &f.left))
	}
	return f
}

// take returns a field, absent, null or set.
func take[T any](f *fields, key string) opt.Opt[T] {
	raw, ok := f.left[key]
	if !ok {
		return opt.Opt[T]{}
	}
	delete(f.left, key)
	if string(raw) == "null" {
		return opt.Null[T]()
	}
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		f.errs = append(f.errs, fmt.Errorf("%s: %w", key, err))
	}
	return opt.Of(v)
}

// done returns an error for a field that no typed field stands for, or that
// is of another type.
func (f *fields) done() error {
	if len(f.left) > 0 {
		f.errs = append(f.errs, fmt.Errorf("no field for %s", strings.Join(slices.Sorted(maps.Keys(f.left)), ", ")))
	}
	return errors.Join(f.errs...)
}
