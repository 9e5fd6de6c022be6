package streaming_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime/rest"
	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// manners are how the suite treats a real server.
type manners struct {
	// pauses are the shortest times between two calls of one account.
	pauses map[string]time.Duration
	// patience is that of backend.
	patience []time.Duration
	// knownServer: there are no excuses.
	knownServer bool
}

var (
	considerate = manners{
		pauses: map[string]time.Duration{
			"notes/reactions/delete": 3100 * time.Millisecond,
			"notes/delete":           1100 * time.Millisecond,
			"notes/unrenote":         1100 * time.Millisecond,
			"notes/create":           200 * time.Millisecond,
		},
		patience: []time.Duration{4 * time.Second, 8 * time.Second, 15 * time.Second},
	}
	impatient = manners{patience: []time.Duration{time.Second, 5 * time.Second, wait}, knownServer: true}
)

// longestPause is how long a server may ask to wait before a call is given up.
const longestPause = 30 * time.Second

// liveBackend is a real server, moved by REST.
type liveBackend struct {
	manners
	file    *liveFile
	http    *http.Client
	players cast
	of      traits

	mu     sync.Mutex
	next   map[string]time.Time // when an account may call an endpoint again
	undo   []func() error       // what takes back what was made
	emojis map[string]misskey.EmojiID
}

func newLiveBackend(t *testing.T, name string, m manners) *liveBackend {
	t.Helper()
	file, err := readLiveFile(name)
	if err != nil {
		t.Fatal(err)
	}
	file.Base = strings.TrimSuffix(file.Base, "/")
	b := &liveBackend{
		manners: m, file: file, http: &http.Client{Timeout: time.Minute, Transport: &http.Transport{}},
		next: map[string]time.Time{}, emojis: map[string]misskey.EmojiID{},
	}
	t.Cleanup(b.http.CloseIdleConnections)
	var errs []error
	meet := func(role string, u liveUser) person {
		p := person{id: misskey.UserID(u.ID), token: u.Token, password: u.Password}
		var me misskey.UserLite
		if err := b.call(p, "i", nil, &me); err != nil {
			errs = append(errs, fmt.Errorf("users.%s: %w", role, err))
		} else if me.ID != p.id {
			errs = append(errs, fmt.Errorf("users.%s: the token is of %s, not of %s", role, me.ID, p.id))
		}
		p.username = me.Username
		return p
	}
	b.players = cast{
		admin: meet("admin", file.Users.Admin), alice: meet("alice", file.Users.Alice),
		bob: meet("bob", file.Users.Bob), carol: meet("carol", file.Users.Carol),
	}
	if err := errors.Join(errs...); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if b.of, err = b.askTraits(); err != nil {
		t.Fatal(err)
	}
	// Chat is for those who follow each other.
	for _, err := range []error{b.follow(b.players.alice, b.players.bob), b.follow(b.players.bob, b.players.alice)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// askTraits finds out what server this is.
func (b *liveBackend) askTraits() (traits, error) {
	var meta struct {
		Version string `json:"version"`
	}
	if err := b.call(person{}, "meta", map[string]any{"detail": false}, &meta); err != nil {
		return traits{}, err
	}
	tr := traits{version: meta.Version}
	yes, no := true, false
	major, _, _ := strings.Cut(meta.Version, ".")
	year, err := strconv.Atoi(major)
	switch {
	case meta.Version == "2026.3.2":
		tr.silentRefusals = &yes
	case meta.Version == "2025.11.1":
		tr.silentRefusals = &no
	case err == nil && year < 13:
		tr.old, tr.without = true, before13
	}
	return tr, nil
}

func (b *liveBackend) traits() traits            { return b.of }
func (b *liveBackend) cast() cast                { return b.players }
func (b *liveBackend) patience() []time.Duration { return b.manners.patience }

func (b *liveBackend) url() string {
	u, err := url.Parse(b.file.WS)
	if err != nil {
		panic(err) // the file was checked
	}
	return u.Scheme + "://" + u.Host
}

func (b *liveBackend) dial(ctx context.Context, at string, opts ...streaming.Option) (*streaming.Client, error) {
	opts = append([]streaming.Option{
		streaming.WithBackoff(50*time.Millisecond, time.Second),
		streaming.WithLogger(slog.New(slog.DiscardHandler)),
	}, opts...)
	if u, err := url.Parse(b.file.WS); err == nil && u.Scheme == "wss" {
		// Through a forwarder the host is another, the certificate the same.
		opts = append(opts, streaming.WithTLSConfig(&tls.Config{ServerName: u.Hostname()}))
	}
	if b.of.old {
		return streaming.ConnectByQuery(ctx, at, opts...)
	}
	return streaming.Connect(ctx, at, opts...)
}

// excuses are why a server that is well may be silent, by prefix.
var excuses = map[string]string{
	"serverStats.":           "serverStats is silent: the server's meta.enableServerMachineStats may be off",
	"main.urlUploadFinished": "the server has not fetched its own file: private addresses may be closed to it",
}

func (b *liveBackend) excuse(fact string) string {
	for prefix, reason := range excuses {
		if !b.knownServer && strings.HasPrefix(fact, prefix) {
			return reason
		}
	}
	return ""
}

// call calls an endpoint, not before the account may, and once more when the
// server says that it was too early. What the server does not let be done is an
// error of type cannot.
func (b *liveBackend) call(by person, endpoint string, request params, response any) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*longestPause)
	defer cancel()
	client := rest.Client{Base: b.file.Base + "/api/", HTTP: b.http}
	request = withToken(request, by.token)
	return b.paced(ctx, by, endpoint, func() error { return client.Call(ctx, endpoint, request, response) })
}

// withToken puts a token where every server looks for it; older ones know no
// other place.
func withToken(request params, token string) params {
	with := params{}
	maps.Copy(with, request)
	if token != "" {
		with["i"] = token
	}
	return with
}

func (b *liveBackend) paced(ctx context.Context, by person, endpoint string, call func() error) error {
	for again := true; ; again = false {
		if err := b.queue(ctx, by.token+" "+endpoint, b.pauses[endpoint]); err != nil {
			return fmt.Errorf("%s: %w", endpoint, err)
		}
		err := call()
		var refused *rest.Error
		if !errors.As(err, &refused) {
			return err
		}
		if again && refused.Status == http.StatusTooManyRequests && refused.RetryAfter > 0 && refused.RetryAfter <= longestPause {
			b.mu.Lock()
			b.next[by.token+" "+endpoint] = time.Now().Add(refused.RetryAfter)
			b.mu.Unlock()
			continue
		}
		return notLet(refused)
	}
}

// queue waits until a key's time has come, and sets the next one.
func (b *liveBackend) queue(ctx context.Context, key string, pause time.Duration) error {
	b.mu.Lock()
	at := b.next[key]
	if now := time.Now(); at.Before(now) {
		at = now
	}
	b.next[key] = at.Add(pause)
	b.mu.Unlock()
	turn := time.NewTimer(time.Until(at))
	defer turn.Stop()
	select {
	case <-turn.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// notLet tells a refusal that is the server's business from a fault of the
// suite's.
func notLet(e *rest.Error) error {
	switch {
	case errors.Is(e, streaming.ErrNoSuchEndpoint):
		return cannot(noEndpoint + e.Endpoint)
	case errors.Is(e, streaming.ErrForbidden), errors.Is(e, streaming.ErrRateLimited),
		e.Code == "ACCESS_DENIED", strings.HasPrefix(e.Code, "TOO_MANY_"):
		return cannot(fmt.Sprintf("the server refuses %s: %d %s", e.Endpoint, e.Status, e.Code))
	}
	return e
}

// code returns the code of a refusal, "" for none.
func code(err error) string {
	var refused *rest.Error
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}

// later remembers how to take back what somebody has made. What belongs to an
// account of the suite's own goes with it.
func (b *liveBackend) later(by person, undo func() error) {
	if by.ours {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.undo = append(b.undo, undo)
}

// cleanUp takes back what was made, the last thing first. What stays is no
// fault, but is said.
func (b *liveBackend) cleanUp(t *testing.T) {
	b.mu.Lock()
	undo := b.undo
	b.undo = nil
	b.mu.Unlock()
	for i := len(undo) - 1; i >= 0; i-- {
		if err := undo[i](); err != nil && !strings.HasPrefix(code(err), "NO_SUCH_") {
			t.Logf("cleaning up: %v", err)
		}
	}
}

// uploadFile uploads data into a drive.
func (b *liveBackend) uploadFile(by person, name string, data []byte) (misskey.DriveFileID, error) {
	const endpoint = "drive/files/create"
	ctx, cancel := context.WithTimeout(context.Background(), 2*longestPause)
	defer cancel()
	var file struct {
		ID misskey.DriveFileID `json:"id"`
	}
	err := b.paced(ctx, by, endpoint, func() error {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for key, value := range map[string]string{"i": by.token, "name": name, "force": "true"} {
			if err := form.WriteField(key, value); err != nil {
				return err
			}
		}
		part, err := form.CreateFormFile("file", name)
		if err != nil {
			return err
		}
		_, _ = part.Write(data) // into memory
		_ = form.Close()
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.file.Base+"/api/"+endpoint, &body)
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", form.FormDataContentType())
		res, err := b.http.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		answer, err := io.ReadAll(res.Body)
		if err != nil {
			return err
		}
		if res.StatusCode != http.StatusOK {
			e := &rest.Error{Endpoint: endpoint, Status: res.StatusCode, Message: string(answer), RetryAfter: rest.RetryAfter(res.Header)}
			var shape struct{ Error struct{ Code string } }
			if json.Unmarshal(answer, &shape) == nil {
				e.Code = shape.Error.Code
			}
			return e
		}
		return json.Unmarshal(answer, &file)
	})
	return file.ID, err
}
