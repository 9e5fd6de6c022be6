package streaming_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// liveFile describes a real server to the suite, as JSON. The accounts are for
// tests only: the suite posts, follows, chats and reads notifications in their
// name, and admin must be an administrator. What the suite makes it takes back,
// as far as the server lets it.
type liveFile struct {
	// Base is where the REST API is, as in "http://127.0.0.1:3000".
	Base string `json:"base"`
	// WS is where the socket is, as in "ws://127.0.0.1:3000/streaming".
	WS    string `json:"ws"`
	Users struct {
		Admin liveUser `json:"admin"`
		Alice liveUser `json:"alice"`
		Bob   liveUser `json:"bob"`
		Carol liveUser `json:"carol"`
	} `json:"users"`
	// AppTokens are alice's tokens of apps, by any name. They serve where the
	// server does not let the suite make tokens of its own.
	AppTokens map[string]struct {
		Token string `json:"token"`
	} `json:"appTokens"`
	// List and Antenna are alice's, Role is explorable, and Channel is for
	// posting in, because a channel cannot be deleted.
	List    liveID `json:"list"`
	Antenna liveID `json:"antenna"`
	Role    liveID `json:"role"`
	Channel liveID `json:"channel"`
}

type liveUser struct {
	ID    string `json:"id"`
	Token string `json:"token"`
	// Password lets the suite sign in, and may be left out.
	Password string `json:"password"`
}

// liveID is an id, bare or in an object with more about the thing.
type liveID string

func (id *liveID) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, (*string)(id)) == nil {
		return nil
	}
	var thing struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(data, &thing); err != nil || thing.ID == "" {
		return fmt.Errorf("%s is no id, and no object with one", data)
	}
	*id = liveID(thing.ID)
	return nil
}

// readLiveFile reads and checks a file, and names everything that is wrong.
func readLiveFile(name string) (*liveFile, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f := &liveFile{}
	if err := json.Unmarshal(data, f); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var errs []error
	for _, field := range []struct{ name, value string }{
		{"base", f.Base}, {"ws", f.WS},
		{"users.admin.id", f.Users.Admin.ID}, {"users.admin.token", f.Users.Admin.Token},
		{"users.alice.id", f.Users.Alice.ID}, {"users.alice.token", f.Users.Alice.Token},
		{"users.bob.id", f.Users.Bob.ID}, {"users.bob.token", f.Users.Bob.Token},
		{"users.carol.id", f.Users.Carol.ID}, {"users.carol.token", f.Users.Carol.Token},
		{"list", string(f.List)}, {"antenna", string(f.Antenna)}, {"role", string(f.Role)}, {"channel", string(f.Channel)},
	} {
		if field.value == "" {
			errs = append(errs, fmt.Errorf("%s: %s is missing", name, field.name))
		}
	}
	for app, token := range f.AppTokens {
		if token.Token == "" {
			errs = append(errs, fmt.Errorf("%s: appTokens.%s.token is missing", name, app))
		}
	}
	for _, field := range []struct{ name, value, schemes string }{{"base", f.Base, "http https"}, {"ws", f.WS, "ws wss"}} {
		if u, err := url.Parse(field.value); field.value != "" &&
			(err != nil || u.Host == "" || !strings.Contains(" "+field.schemes+" ", " "+u.Scheme+" ")) {
			errs = append(errs, fmt.Errorf("%s: %s: %q is no URL of scheme %s", name, field.name, field.value, field.schemes))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return f, nil
}

// describeMisskeytest starts a misskeytest and writes the file about it that
// MISSKEY_LIVE would name.
func describeMisskeytest(t *testing.T) (name string, srv *misskeytest.Server) {
	t.Helper()
	b := newTestBackend(t, misskeytest.Release2026, misskeytest.WithoutRateLimits())
	who := b.cast()
	user := func(p person) liveUser { return liveUser{ID: string(p.id), Token: p.token, Password: p.password} }
	alice := b.user(who.alice)
	file := map[string]any{
		"base": b.srv.URL,
		"ws":   b.srv.StreamURL(),
		"users": map[string]liveUser{
			"admin": user(who.admin), "alice": user(who.alice), "bob": user(who.bob), "carol": user(who.carol),
		},
		"appTokens": map[string]any{
			"blind": map[string]string{"token": alice.AppToken("read:chat")},
			"mute":  map[string]string{"token": alice.AppToken("read:account")},
		},
		"list":    b.someList(),
		"antenna": b.someAntenna(),
		"role":    map[string]any{"id": b.someRole(), "name": "explorable"},
		"channel": b.place.ID,
	}
	data, err := json.MarshalIndent(file, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	name = t.TempDir() + "/misskey.json"
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return name, b.srv
}

// TestLiveFileNamesWhatIsMissing: whoever writes the file has to be told.
func TestLiveFileNamesWhatIsMissing(t *testing.T) {
	name := t.TempDir() + "/misskey.json"
	for _, test := range []struct{ file, want string }{
		{`{`, "unexpected end"},
		{`{}`, "users.carol.token is missing"},
		{`{}`, "base is missing"},
		{`{"base":"example.org"}`, `base: "example.org" is no URL of scheme http https`},
		{`{"ws":"https://example.org"}`, `is no URL of scheme ws wss`},
		{`{"list":{}}`, "{} is no id"},
		{`{"appTokens":{"x":{}}}`, "appTokens.x.token is missing"},
	} {
		if err := os.WriteFile(name, []byte(test.file), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := readLiveFile(name); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q in it", test.file, err, test.want)
		}
	}
	if _, err := readLiveFile(name + ".none"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}
