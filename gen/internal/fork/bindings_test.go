package fork

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/go-faster/jx"
	"github.com/google/go-cmp/cmp"

	"github.com/misskeyactor/misskeyactor/gen/internal/fork/entities"
	"github.com/misskeyactor/misskeyactor/runtime"
	"github.com/misskeyactor/misskeyactor/runtime/codec"
	"github.com/misskeyactor/misskeyactor/runtime/opt"
)

// decodeEvent decodes a body as the runtime does.
func decodeEvent(set *runtime.EventSet, typ, body string) (event any, drift []codec.Drift, err error) {
	d := codec.NewDecoder(body, func(x codec.Drift) { drift = append(drift, x) })
	m := runtime.Meta{Channel: "test", EventType: typ, Received: time.Unix(1, 0)}
	event, err = set.Decode(m, typ, d)
	if err == nil {
		err = d.End()
	}
	return event, drift, err
}

func TestEventBodies(t *testing.T) {
	const ann = `{"id":"a","name":"Ann"}`
	tests := []struct {
		set       *runtime.EventSet
		typ, body string
		want      any    // without its Meta
		drift     string // type and field
		back      string // the body encoded; "" = body
	}{
		{&peopleEvents, "left", `"a"`, &PeopleLeft{AuthorID: "a"}, "", ""},
		{&peopleEvents, "joined", ann, &PeopleJoined{Who: entities.Author{Base: entities.Base{ID: "a"}, Name: opt.Of("Ann")}}, "", ""},
		{&peopleEvents, "joined", `null`, &PeopleJoined{}, "people.joined.", `{"id":"","name":null}`},
		{&loungeEvents, "left", `"a"`, &PeopleLeft{AuthorID: "a"}, "", ""},
		{&loungeEvents, "bell", `null`, &LoungeBell{}, "", ""},
		{&loungeEvents, "bell", `{"loud":true}`, &LoungeBell{}, "lounge.bell.", `null`},
		{&oddsEvents, "number", `7`, &OddsNumber{Value: 7}, "", ""},
		{&oddsEvents, "number", `null`, &OddsNumber{}, "odds.number.", `0`},
		{&oddsEvents, "maybe", `null`, &OddsMaybe{Value: opt.Null[string]()}, "", ""},
		{&oddsEvents, "maybe", `"x"`, &OddsMaybe{Value: opt.Of("x")}, "", ""},
		{&oddsEvents, "list", `[]`, &OddsList{Authors: []entities.Author{}}, "", ""},
		{&oddsEvents, "list", `null`, &OddsList{}, "odds.list.", `[]`},
		{&oddsEvents, "thing", `[1,{}]`, &OddsThing{Thing: json.RawMessage(`[1,{}]`)}, "", ""},
		{&oddsEvents, "thing", `null`, &OddsThing{Thing: json.RawMessage(`null`)}, "", ""},
		{&oddsEvents, "fields", `{"a":1,"c":null}`, &OddsFields{A: 1}, "", ""},
		{&oddsEvents, "fields", `{"a":1,"b":"x","c":["y"],"author":` + ann + `}`,
			&OddsFields{A: 1, B: opt.Of("x"), C: []string{"y"}, Author: &entities.Author{Base: entities.Base{ID: "a"}, Name: opt.Of("Ann")}}, "", ""},
		{&oddsEvents, "fields", `{"a":1}`, &OddsFields{A: 1}, "odds.fields.c", `{"a":1,"c":null}`},
		{&oddsEvents, "fields", `{"a":1,"c":null,"d":0}`, &OddsFields{A: 1}, "odds.fields.d", `{"a":1,"c":null}`},
		{&oddsEvents, "fields", `null`, &OddsFields{}, "odds.fields.", `{"a":0,"c":null}`},
		{&oddsEvents, "reaction", `{"kind":"like","id":"r","at":"2026-01-01T00:00:00.000Z"}`, &OddsReaction{Reaction: &entities.ReactionLike{
			ReactionCommon: entities.ReactionCommon{ID: "r", At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}}}, "", ""},
		{&oddsEvents, "reaction", `null`, &OddsReaction{}, "odds.reaction.", ""},
		{&oddsEvents, "never", `{}`, &OddsNever{}, "", ""},
		{&postEvents, "gone", `null`, &PostGone{}, "", ""},
		{&authorEvents, "moved", `"calm"`, &AuthorMoved{Mood: entities.MoodCalm}, "", ""},
		{&broadcastEvents, "notice", `{"text":"x"}`, &BroadcastNotice{Text: "x"}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.typ+" "+tt.body, func(t *testing.T) {
			event, drift, err := decodeEvent(tt.set, tt.typ, tt.body)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, d := range drift {
				got += d.Type + "." + d.Field
			}
			if got != tt.drift {
				t.Errorf("drift %q, want %q", got, tt.drift)
			}
			meta := event.(interface{ Metadata() runtime.Meta }).Metadata()
			if meta.EventType != tt.typ || meta.Channel != "test" || !meta.Received.Equal(time.Unix(1, 0)) {
				t.Errorf("meta %+v", meta)
			}
			reflect.ValueOf(tt.want).Elem().FieldByName("Meta").Set(reflect.ValueOf(meta))
			if diff := cmp.Diff(tt.want, event, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
				t.Errorf("decoded (-want +got):\n%s", diff)
			}
			back := tt.back
			if back == "" {
				back = tt.body
			}
			if got, err := json.Marshal(event); err != nil || string(got) != back {
				t.Errorf("encoded as %s, %v; want %s", got, err, back)
			}
		})
	}
}

func TestEventsThatDoNotDecode(t *testing.T) {
	if _, _, err := decodeEvent(&postsEvents, "bell", `null`); !errors.Is(err, runtime.ErrUnknownType) {
		t.Errorf("an event of another set: %v", err)
	}
	event, _, err := decodeEvent(&oddsEvents, "fields", `{"a":1,"author":{"id":2}}`)
	var at *codec.Error
	if event != nil || !errors.As(err, &at) || at.Path != "author.id" {
		t.Errorf("event %v, error %v; want an error at author.id", event, err)
	}
}

func TestSetsListTheirTypes(t *testing.T) {
	for set, want := range map[*runtime.EventSet][]string{
		&postsEvents:  {"post"},
		&loungeEvents: {"post", "joined", "left", "bell"},
		&postEvents:   {"liked", "gone"},
	} {
		if !reflect.DeepEqual(set.Types, want) {
			t.Errorf("%s has %q, want %q", set.Name, set.Types, want)
		}
		for _, typ := range set.Types {
			if _, err := set.Decode(runtime.Meta{}, typ, codec.NewDecoder(`true`, nil)); errors.Is(err, runtime.ErrUnknownType) {
				t.Errorf("%s does not know its own %s", set.Name, typ)
			}
		}
	}
}

// visitor implements what it needs of a handler, and notes the calls.
type visitor struct {
	UnimplementedLoungeHandler
	calls []string
}

func (v *visitor) OnPost(context.Context, *PostsPost) error {
	v.calls = append(v.calls, "post")
	return nil
}

func (v *visitor) OnBell(context.Context, *LoungeBell) error {
	v.calls = append(v.calls, "bell")
	return errors.New("too loud")
}

func (v *visitor) OnGap(context.Context, *Gap) error {
	v.calls = append(v.calls, "gap")
	return nil
}

func TestDispatchCallsTheMethodOfTheEvent(t *testing.T) {
	v := &visitor{}
	handle := loungeDispatch(v)
	var err error
	for _, event := range []any{
		&PostsPost{}, &PeopleJoined{}, &PeopleLeft{}, &LoungeBell{},
		newUnknownEvent(runtime.Meta{}, runtime.Unknown{}), newGap(runtime.Meta{}, runtime.GapInfo{}),
	} {
		if _, ok := event.(LoungeEvent); !ok {
			t.Errorf("%T is no LoungeEvent", event)
		}
		if e := handle(t.Context(), event); e != nil {
			err = e
		}
	}
	if want := []string{"post", "bell", "gap"}; !reflect.DeepEqual(v.calls, want) {
		t.Errorf("calls %q, want %q", v.calls, want)
	}
	if err == nil || err.Error() != "too loud" {
		t.Errorf("error %v, want the handler's", err)
	}
	if loungeDispatch(nil) != nil {
		t.Error("no handler is some handler")
	}
}

func TestFuncsAreAHandler(t *testing.T) {
	var got []entities.PostID
	handle := loungeDispatch(LoungeFuncs{
		Post: func(_ context.Context, e *PostsPost) error {
			got = append(got, e.Post.ID)
			return nil
		},
	})
	for _, event := range []any{&PostsPost{Post: entities.Post{ID: "p"}}, &LoungeBell{}, &Gap{}} {
		if err := handle(t.Context(), event); err != nil {
			t.Error(err)
		}
	}
	if !reflect.DeepEqual(got, []entities.PostID{"p"}) {
		t.Errorf("posts %q", got)
	}
}

func TestParamsAreChecked(t *testing.T) {
	good := LoungeParams{RoomID: "r", Words: [][]string{{"a"}}}
	for _, tt := range []struct {
		change func(*LoungeParams)
		param  string // "" = no error
	}{
		{func(*LoungeParams) {}, ""},
		{func(p *LoungeParams) { p.Loud, p.Since = opt.Of(false), opt.Of(entities.PostID("p")) }, ""},
		{func(p *LoungeParams) { p.RoomID = "" }, "roomId"},
		{func(p *LoungeParams) { p.Words = nil }, "words"},
		{func(p *LoungeParams) { p.Words = [][]string{{"a"}, {}} }, "words"},
		{func(p *LoungeParams) { p.Loud = opt.Null[bool]() }, "loud"},
		{func(p *LoungeParams) { p.Since = opt.Null[entities.PostID]() }, "since"},
	} {
		p := good
		tt.change(&p)
		err := p.Validate()
		if tt.param == "" {
			if err != nil {
				t.Errorf("%+v: %v", p, err)
			}
			continue
		}
		var fault *ParamError
		if !errors.As(err, &fault) || fault.Param != tt.param || fault.Channel != "lounge" {
			t.Errorf("%+v: %v, want a ParamError for %s", p, err, tt.param)
		}
	}
}

func TestMessagesAreValidated(t *testing.T) {
	good := LoungeShow{To: []entities.AuthorID{}, Counts: map[string]int64{}, Reaction: &entities.UnknownReaction{Raw: []byte("{}")}, Thing: []byte("1")}
	for _, tt := range []struct {
		change func(*LoungeShow)
		field  string // "" = no error
	}{
		{func(*LoungeShow) {}, ""},
		{func(m *LoungeShow) { m.To = nil }, "to"},
		{func(m *LoungeShow) { m.Counts = nil }, ""}, // as an empty one is read
		{func(m *LoungeShow) { m.Reaction = nil }, "reaction"},
		{func(m *LoungeShow) { m.Thing = nil }, "thing"},
	} {
		m := good
		tt.change(&m)
		err := m.Validate()
		var fault *MessageError
		if errors.As(err, &fault); tt.field == "" && err != nil || tt.field != "" && (fault == nil || fault.Field != tt.field || fault.Message != "lounge.show") {
			t.Errorf("%+v: %v, want a MessageError for %q", m, err, tt.field)
		}
	}
	if err := (LoungeSpeak{Text: "a", Mood: opt.Null[entities.Mood]()}).Validate(); err == nil || err.Error() != "misskey: message lounge.speak: field mood must not be null: leave it out" {
		t.Errorf("error %v for a null that may only be left out", err)
	}
}

func TestMessagesAreEncoded(t *testing.T) {
	for _, tt := range []struct {
		encode func(*jx.Encoder)
		want   string
	}{
		{LoungeParams{RoomID: "r", Words: [][]string{{"a", "b"}, {"c"}}}.Encode, `{"roomId":"r","words":[["a","b"],["c"]]}`},
		{LoungeParams{RoomID: "r", Loud: opt.Of(false)}.Encode, `{"roomId":"r","words":[],"loud":false}`},
		{LoungeSpeak{Text: "<hi>"}.Encode, `{"text":"<hi>"}`},
		{LoungeSpeak{Mood: opt.Of(entities.MoodCalm)}.Encode, `{"text":"","mood":"calm"}`},
		{LoungeShow{Thing: []byte("1")}.Encode, `{"to":[],"counts":{},"reaction":null,"thing":1,"title":null}`},
		{MarkReadRequest{Among: []entities.PostID{}}.Encode, `{"among":[]}`},
	} {
		var e jx.Encoder
		tt.encode(&e)
		if got := e.String(); got != tt.want {
			t.Errorf("encoded as %s, want %s", got, tt.want)
		}
	}
}

func TestDescriptorsSayWhatTheSpecSays(t *testing.T) {
	for got, want := range map[*runtime.Channel]runtime.Channel{
		&feedChannel: {Name: "feed", Credential: true, Permission: "read:posts", Shared: true, Leaks: true,
			Overflow: runtime.OverflowEnd, TokenEvent: "post", Events: &postsEvents},
		&loungeChannel: {Name: "lounge", Overflow: runtime.OverflowDropNewest, Events: &loungeEvents},
		&oddsChannel:   {Name: "odds", Events: &oddsEvents},
	} {
		if *got != want {
			t.Errorf("channel %+v, want %+v", *got, want)
		}
	}
	for got, want := range map[*runtime.CaptureKind]runtime.CaptureKind{
		&postCapture: {Name: "post", Subscribe: "watch", Unsubscribe: "unwatch", Update: "postChanged", Key: "id", EndsWith: "gone", Events: &postEvents},
		&authorCapture: {Name: "author", Subscribe: "follow", Unsubscribe: "unfollow", Update: "authorChanged", Key: "id",
			Events: &authorEvents},
	} {
		if *got != want {
			t.Errorf("capture %+v, want %+v", *got, want)
		}
	}
	want := runtime.Dialect{
		Name: "fork", Path: "/stream", Auth: runtime.AuthQuery, ServerPing: 30 * time.Second, TextPing: true, ChannelsPerConnection: 4,
		Words:      runtime.Words{Connect: "open", Connected: "opened", Disconnect: "close", Channel: "say", Call: "ask", Answer: "answer/"},
		Captures:   []*runtime.CaptureKind{&postCapture, &authorCapture},
		Broadcasts: &broadcastEvents,
	}
	if !reflect.DeepEqual(dialect, want) {
		t.Errorf("dialect %+v, want %+v", dialect, want)
	}
}
