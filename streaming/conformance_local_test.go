package streaming_test

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime/rest"
	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// testBackend is misskeytest as one release, moved by its Go methods.
type testBackend struct {
	srv     *misskeytest.Server
	release misskeytest.Release
	place   *misskeytest.Channel
	started struct {
		list    *misskeytest.List
		antenna *misskeytest.Antenna
		role    *misskeytest.Role
	}

	mu            sync.Mutex
	lists         map[misskey.UserListID]*misskeytest.List
	roles         map[misskey.RoleID]*misskeytest.Role
	rooms         map[misskey.ChatRoomID]*misskeytest.Room
	files         map[misskey.DriveFileID]misskey.DriveFile
	folders       map[misskey.DriveFolderID]misskey.DriveFolder
	emojis        map[string]misskey.EmojiDetailed
	announcements []announced
}

// announced is an announcement, for everybody or one account.
type announced struct {
	id  misskey.AnnouncementID
	who misskey.UserID // "" = everybody
}

func newTestBackend(t *testing.T, release misskeytest.Release, opts ...misskeytest.Option) *testBackend {
	srv := misskeytest.NewServer(append([]misskeytest.Option{
		misskeytest.WithRelease(release),
		misskeytest.WithGameDelay(50 * time.Millisecond),
		misskeytest.WithUnreadDelay(500 * time.Millisecond),
	}, opts...)...)
	t.Cleanup(srv.Close)
	srv.AddUser("admin", misskeytest.AsAdmin())
	for _, name := range []string{"alice", "bob", "carol"} {
		srv.AddUser(name)
	}
	srv.User("alice").Follow(srv.User("bob"))
	srv.User("bob").Follow(srv.User("alice"))
	b := &testBackend{
		srv:     srv,
		release: release,
		place:   srv.User("carol").AddChannel("cats"),
		lists:   map[misskey.UserListID]*misskeytest.List{},
		roles:   map[misskey.RoleID]*misskeytest.Role{},
		rooms:   map[misskey.ChatRoomID]*misskeytest.Room{},
		files:   map[misskey.DriveFileID]misskey.DriveFile{},
		folders: map[misskey.DriveFolderID]misskey.DriveFolder{},
		emojis:  map[string]misskey.EmojiDetailed{},
	}
	b.started.list = srv.User("alice").AddList()
	b.started.antenna = srv.User("alice").AddAntenna([]string{"conformance"})
	b.started.role = srv.AddRole("explorable")
	return b
}

func (b *testBackend) traits() traits {
	yes, no := true, false
	switch b.release {
	case misskeytest.Release2026:
		return traits{version: string(b.release), silentRefusals: &yes}
	case misskeytest.Release2025:
		return traits{version: string(b.release), silentRefusals: &no}
	default:
		return traits{version: string(b.release), old: true, without: before13}
	}
}

// before13 is what Misskey 12 did not have yet.
var before13 = map[string]string{
	"chatUser":            "the server has no channel chatUser",
	"chatRoom":            "the server has no channel chatRoom",
	"main.newChatMessage": "the server has no chat",
	"notification.chatRoomInvitationReceived": "the server has no chat",
	"notification.login":                      "the server makes no notification of a login",
	"reversi":                                 "the server has no channel reversi",
	"reversiGame":                             "the server has no channel reversiGame",
	"roleTimeline":                            "the server has no channel roleTimeline",
}

func (b *testBackend) cast() cast {
	return cast{
		admin: b.person(b.srv.User("admin")), alice: b.person(b.srv.User("alice")),
		bob: b.person(b.srv.User("bob")), carol: b.person(b.srv.User("carol")),
	}
}

func (b *testBackend) person(u *misskeytest.User) person {
	return person{id: u.ID, username: u.Username, token: u.Token(), password: misskeytest.DefaultPassword}
}

func (b *testBackend) user(p person) *misskeytest.User { return b.srv.User(p.username) }

// ask calls the REST API, in the way that every release understands, for what no
// Go method does.
func (b *testBackend) ask(by person, endpoint string, request params, response any) error {
	c := rest.Client{Base: b.srv.URL + "/api/", HTTP: http.DefaultClient}
	return c.Call(context.Background(), endpoint, withToken(request, by.token), response)
}

// keep and kept remember what the server's methods want back whole.
func keep[K comparable, V any](b *testBackend, m map[K]V, k K, v V) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m[k] = v
}

func kept[K comparable, V any](b *testBackend, m map[K]V, k K) V {
	b.mu.Lock()
	defer b.mu.Unlock()
	return m[k]
}

func (b *testBackend) url() string { return b.srv.URL }

func (b *testBackend) dial(ctx context.Context, url string, opts ...streaming.Option) (*streaming.Client, error) {
	opts = append([]streaming.Option{
		streaming.WithBackoff(time.Millisecond, 20*time.Millisecond),
		streaming.WithAckTimeout(time.Second),
		streaming.WithLogger(slog.New(slog.DiscardHandler)),
	}, opts...)
	if b.release == misskeytest.Release12 {
		return streaming.ConnectByQuery(ctx, url, opts...)
	}
	return streaming.Connect(ctx, url, opts...)
}

func (b *testBackend) patience() []time.Duration {
	return []time.Duration{time.Second, 5 * time.Second, wait}
}

func (b *testBackend) excuse(string) string { return "" }

func (b *testBackend) cleanUp(*testing.T) {}

func (b *testBackend) quickPings(t *testing.T) backend {
	return newTestBackend(t, b.release, misskeytest.WithPingInterval(time.Second))
}

func (b *testBackend) disturb(who person, frames ...string) error {
	for _, k := range b.user(who).Sockets() {
		for _, f := range frames {
			k.SendText([]byte(f))
		}
	}
	return nil
}

func (b *testBackend) wireIDs(who person) (ids []string) {
	for _, k := range b.user(who).Sockets() {
		for _, c := range k.Connects() {
			ids = append(ids, c.ID)
		}
	}
	return ids
}
