package misskeytest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

var allReleases = []misskeytest.Release{misskeytest.Release2026, misskeytest.Release2025, misskeytest.Release12}

// fuzzWorld is a server on which every id that a fuzzed frame or body names is
// somebody's, and the token of one who may do everything.
func fuzzWorld(t testing.TB, release misskeytest.Release) (srv *misskeytest.Server, token string) {
	srv = newServer(t, misskeytest.WithRelease(release), misskeytest.WithSeed(1))
	me := srv.AddUser("me", misskeytest.WithID("me1"))
	other := srv.AddUser("other", misskeytest.WithID("user1"))
	if release == misskeytest.Release12 {
		me.AddGroup("group", misskeytest.WithID("group1"))
	} else {
		srv.AddRole("role", misskeytest.WithID("role1"), misskeytest.ForAdministrators()).Assign(me)
		room := me.AddRoom("room", misskeytest.WithID("room1"))
		room.Join(other)
		room.Send(other, "word", misskeytest.WithID("message1"))
		srv.AddGame(me, other, misskeytest.WithID("game1"))
	}
	me.AddList(misskeytest.WithID("list1")).Add(other)
	me.AddAntenna([]string{"word"}, misskeytest.WithID("antenna1"))
	me.AddChannel("channel", misskeytest.WithID("channel1"))
	me.AddFolder("word", "", misskeytest.WithID("folder1"))
	me.Upload("word", []byte("word"), misskeytest.WithID("file1"))
	me.AddPage("page", "word", misskeytest.WithID("page1"))
	me.Post("#word @other", misskeytest.WithID("note1"), misskeytest.WithPoll("a", "b"))
	return srv, me.Token()
}

// FuzzSocketFrames: whatever a client sends, the server neither falls over nor
// lets go of the socket. The frames of one input are lines.
func FuzzSocketFrames(f *testing.F) {
	for _, frames := range []string{
		"h", "ping", "null", `[]`, `{"type":"ping"}`, `{"type":5,"body":{}}`, `{"type":"connect"}`,
		`{"type":"connect","body":{"channel":"serverStats","id":"a","pong":true}}` + "\n" +
			`{"type":"ch","body":{"id":"a","type":"requestLog","body":{"id":1,"length":-1e300}}}`,
		`{"type":"connect","body":{"channel":"queueStats","id":"a"}}` + "\n" +
			`{"type":"channel","body":{"id":"a","type":"requestLog","body":{"id":"1","length":1e300}}}`,
		`{"type":"connect","body":{"channel":"reversiGame","id":"g","params":{"gameId":"game1"}}}` + "\n" +
			`{"type":"ch","body":{"id":"g","type":"updateSettings","body":{"key":"map","value":["-","x"]}}}` + "\n" +
			`{"type":"ch","body":{"id":"g","type":"ready","body":true}}` + "\n" +
			`{"type":"ch","body":{"id":"g","type":"putStone","body":{"pos":1e9,"id":"x"}}}` + "\n" +
			`{"type":"ch","body":{"id":"g","type":"claimTimeIsUp","body":null}}` + "\n" +
			`{"type":"ch","body":{"id":"g","type":"cancel","body":null}}`,
		`{"type":"connect","body":{"channel":"hashtag","id":"h","params":{"q":[["word"],[]]}}}`,
		`{"type":"connect","body":{"channel":"userList","id":"l","params":{"listId":"list1","withFiles":-0}}}` + "\n" +
			`{"type":"disconnect","body":{"id":"l"}}`,
		`{"type":"connect","body":{"channel":"main","id":"m","pong":null}}` + "\n" + `{"type":"disconnect","body":{"id":"m"}}` + "\n" +
			`{"type":"readNotification","body":{"id":"x"}}`,
		`{"type":"connect","body":{"channel":"chatUser","id":"c","params":{"otherId":"user1"}}}` + "\n" +
			`{"type":"ch","body":{"id":"c","type":"read","body":{"id":"x"}}}`,
		`{"type":"connect","body":{"channel":"messaging","id":"c","params":{"group":"group1"}}}` + "\n" +
			`{"type":"typingOnMessaging","body":{"group":"group1"}}` + "\n" + `{"type":"typingOnChannel","body":{"channel":"channel1"}}` + "\n" +
			`{"type":"ch","body":{"id":"c","type":"read","body":{"id":"x"}}}`,
		`{"type":"subNote","body":{"id":"note1"}}` + "\n" + `{"type":"un","body":{"id":"note1"}}` + "\n" + `{"type":"un","body":{"id":"note1"}}`,
		`{"type":"api","body":{"id":"1","ep":"notes/create","data":{"text":"x","poll":{"choices":["a","b"],"expiredAfter":1e300}}}}`,
		`{"type":"api","body":{"id":[null,{}],"endpoint":"notes/timeline","data":{"limit":1e2,"untilDate":-1e300}}}`,
	} {
		for i := range allReleases {
			f.Add(uint8(i), []byte(frames))
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, frames []byte) {
		srv, token := fuzzWorld(t, allReleases[int(which)%len(allReleases)])
		ws, _, err := websocket.DefaultDialer.Dial(srv.StreamURL()+"?i="+token, nil)
		if err != nil {
			t.Fatal(err)
		}
		c := serve(t, ws)
		for frame := range bytes.Lines(frames) {
			if !utf8.Valid(frame) {
				continue // no text frame at all
			}
			c.send("%s", bytes.TrimSuffix(frame, []byte("\n")))
		}
		k := srv.Sockets()[0]
		c.send("the last")
		await(t, srv, "the last frame", func() bool {
			received := k.Received()
			return len(received) > 0 && string(received[len(received)-1].Data) == "the last"
		})
		if !k.Open() {
			t.Fatal("the server has ended the socket")
		}
	})
}

// FuzzRESTBodies: whatever a call says, it is answered, by a status that a
// Misskey server has been seen to give and nothing or an object or a list.
func FuzzRESTBodies(f *testing.F) {
	calls := describedCalls(f)
	names := slices.Sorted(maps.Keys(calls))
	for i, name := range names {
		for r := range allReleases {
			for _, body := range calls[name] {
				f.Add(uint8(r), uint16(i), []byte(body))
			}
			f.Add(uint8(r), uint16(i), []byte(`{}`))
		}
	}
	seen := []int{200, 204, 400, 401, 403, 404, 413, 429, 500}
	// Thousands of servers a second run out of ports if connections linger.
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return conn, conn.(*net.TCPConn).SetLinger(0)
	}}
	f.Fuzz(func(t *testing.T, release uint8, which uint16, body []byte) {
		srv, token := fuzzWorld(t, allReleases[int(release)%len(allReleases)])
		t.Cleanup(transport.CloseIdleConnections)
		name := names[int(which)%len(names)]
		var params map[string]any
		if json.Unmarshal(body, &params) == nil && params != nil {
			params["i"] = token // another that is no text is never answered
			body, _ = json.Marshal(params)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/api/"+name, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := transport.RoundTrip(req)
		if err != nil {
			t.Fatalf("%s %s: not answered: %v", name, body, err)
		}
		defer func() { _ = resp.Body.Close() }()
		data, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(seen, resp.StatusCode) {
			t.Errorf("%s %s: %d", name, body, resp.StatusCode)
		}
		if len(data) > 0 && !json.Valid(data) {
			t.Errorf("%s %s: the answer is not JSON: %q", name, body, data)
		}
	})
}

// describedParam is what the server says of one param, or of all of a call.
type describedParam struct {
	Type       any                        `json:"type"`
	Format     string                     `json:"format"`
	Enum       []any                      `json:"enum"`
	Items      *describedParam            `json:"items"`
	Properties map[string]*describedParam `json:"properties"`
	Minimum    int                        `json:"minimum"`
	Maximum    int                        `json:"maximum"`
	MinItems   int                        `json:"minItems"`
}

// example makes up a value. number is what numbers are that may be any.
func (p *describedParam) example(name string, number float64) any {
	kind := p.Type
	if several, ok := kind.([]any); ok {
		kind = several[0]
	}
	switch {
	case len(p.Enum) > 0:
		return p.Enum[0]
	case p.Format == "misskey:id":
		return strings.TrimSuffix(name, "Id") + "1"
	}
	switch kind {
	case "integer", "number":
		if p.Maximum > 0 {
			return max(p.Minimum, 1)
		}
		return max(float64(p.Minimum), number)
	case "boolean":
		return true
	case "array":
		list := []any{}
		for i := range max(p.MinItems, 1) {
			if p.Items == nil {
				list = append(list, i)
				continue
			}
			one := p.Items.example(strings.TrimSuffix(name, "s"), number)
			if text, ok := one.(string); ok && i > 0 {
				one = fmt.Sprint(text, i) // nothing twice
			}
			list = append(list, one)
		}
		return list
	case "object":
		o := map[string]any{}
		for name, field := range p.Properties {
			o[name] = field.example(name, number)
		}
		return o
	}
	return "word"
}

// describedCalls returns the endpoints that the server describes, each with
// bodies that have everything it may ask for.
func describedCalls(f *testing.F) map[string][]string {
	srv := newServer(f)
	_, data := request(f, srv, http.MethodGet, "/api.json", nil, "")
	var document struct {
		Paths map[string]struct {
			Post struct {
				RequestBody struct {
					Content map[string]struct {
						Schema describedParam `json:"schema"`
					} `json:"content"`
				} `json:"requestBody"`
			} `json:"post"`
		} `json:"paths"`
	}
	mustDecode(f, data, &document)
	calls := map[string][]string{}
	for path, methods := range document.Paths {
		name := strings.TrimPrefix(path, "/")
		params, asks := methods.Post.RequestBody.Content["application/json"]
		calls[name] = nil
		if !asks {
			continue
		}
		for _, number := range []float64{1, 1e15, 1e300, -1e300} {
			body, err := json.Marshal(params.Schema.example("", number))
			if err != nil {
				f.Fatal(err)
			}
			calls[name] = append(calls[name], string(body))
		}
	}
	if len(calls) < 100 {
		f.Fatalf("the server describes %d endpoints", len(calls))
	}
	return calls
}
