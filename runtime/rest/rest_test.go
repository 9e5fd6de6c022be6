package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/runtime/rest"
)

// serve returns a client of a server that answers every call by answer.
func serve(t *testing.T, token string, answer http.HandlerFunc) *rest.Client {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return &rest.Client{Base: s.URL + "/api/", HTTP: s.Client(), Token: func(context.Context) (string, error) { return token, nil }}
}

func TestCall(t *testing.T) {
	c := serve(t, "secret", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, `{"method":%q,"path":%q,"auth":%q,"type":%q,"body":%q}`,
			r.Method, r.URL.String(), r.Header.Get("Authorization"), r.Header.Get("Content-Type"), body)
	})
	for _, tt := range []struct {
		request any
		body    string
	}{
		{nil, "{}"},
		{map[string]int{"limit": 5}, `{"limit":5}`},
		{struct{}{}, "{}"},
	} {
		var got map[string]string
		if err := c.Call(t.Context(), "notes/show", tt.request, &got); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"method": "POST", "path": "/api/notes/show", "auth": "Bearer secret", "type": "application/json", "body": tt.body}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

func TestTokenInTheBody(t *testing.T) {
	c := serve(t, `se"cret`, func(w http.ResponseWriter, r *http.Request) {
		if _, there := r.Header["Authorization"]; there {
			t.Error("Authorization was sent")
		}
		_, _ = io.Copy(w, r.Body)
	})
	c.TokenInBody = true
	for _, tt := range []struct {
		request any
		body    string
	}{
		{nil, `{"i":"se\"cret"}`},
		{map[string]int{"limit": 5}, `{"limit":5,"i":"se\"cret"}`},
	} {
		var got json.RawMessage
		if err := c.Call(t.Context(), "notes/show", tt.request, &got); err != nil || string(got) != tt.body {
			t.Errorf("sent %s, %v, want %s", got, err, tt.body)
		}
	}
	c.Token = nil
	var got json.RawMessage
	if err := c.Call(t.Context(), "meta", nil, &got); err != nil || string(got) != "{}" {
		t.Errorf("nobody sent %s, %v", got, err)
	}
}

func TestAnonymousCallHasNoToken(t *testing.T) {
	c := serve(t, "", func(w http.ResponseWriter, r *http.Request) {
		if _, there := r.Header["Authorization"]; there {
			t.Error("Authorization was sent")
		}
		w.WriteHeader(http.StatusNoContent)
	})
	untouched := map[string]int{"a": 1}
	if err := c.Call(t.Context(), "ping", nil, &untouched); err != nil || untouched["a"] != 1 {
		t.Errorf("%v, %v", err, untouched)
	}
}

func TestAnswersThatAreErrors(t *testing.T) {
	for _, tt := range []struct {
		name, answer string
		status       int
		header       string // Retry-After
		want         rest.Error
		is           error
	}{
		{
			name: "object", status: 400, answer: `{"error":{"message":"No such note.","code":"NO_SUCH_NOTE","id":"24fc","kind":"client"}}`,
			want: rest.Error{Code: "NO_SUCH_NOTE", ID: "24fc", Kind: "client", Message: "No such note."},
		},
		{
			name: "string", status: 404, answer: `{"message":"Route not found","error":"Not Found","statusCode":404}`,
			want: rest.Error{Message: "Route not found"}, is: rest.ErrNoSuchEndpoint,
		},
		{name: "no body", status: 400, want: rest.Error{Message: "Bad Request"}},
		{name: "a page", status: 502, answer: "<html>", want: rest.Error{Message: "Bad Gateway (the answer is not JSON)"}, is: rest.ErrServer},
		{name: "no error", status: 403, answer: `{}`, want: rest.Error{Message: "Forbidden"}, is: rest.ErrForbidden},
		{name: "not an object", status: 401, answer: `[1]`, want: rest.Error{Message: "Unauthorized (the answer is not JSON)"}, is: rest.ErrUnauthorized},
		{
			name: "rate limit", status: 429, header: "12", answer: `{"error":{"message":"Rate limit exceeded.","code":"RATE_LIMIT_EXCEEDED","info":{"reset":12}}}`,
			want: rest.Error{Code: "RATE_LIMIT_EXCEEDED", Message: "Rate limit exceeded.", RetryAfter: 12 * time.Second, Info: json.RawMessage(`{"reset":12}`)},
			is:   rest.ErrRateLimited,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, "secret", func(w http.ResponseWriter, _ *http.Request) {
				if tt.header != "" {
					w.Header().Set("Retry-After", tt.header)
				}
				w.WriteHeader(tt.status)
				fmt.Fprint(w, tt.answer)
			})
			err := c.Call(t.Context(), "notes/show", nil, nil)
			var got *rest.Error
			if !errors.As(err, &got) {
				t.Fatalf("got %v", err)
			}
			tt.want.Endpoint, tt.want.Status = "notes/show", tt.status
			if fmt.Sprintf("%#v", *got) != fmt.Sprintf("%#v", tt.want) {
				t.Errorf("got  %#v\nwant %#v", *got, tt.want)
			}
			for _, sentinel := range []error{rest.ErrUnauthorized, rest.ErrForbidden, rest.ErrRateLimited, rest.ErrNoSuchEndpoint, rest.ErrServer} {
				if errors.Is(err, sentinel) != (sentinel == tt.is) {
					t.Errorf("Is(%v) = %v", sentinel, !(sentinel == tt.is))
				}
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error has the token: %v", err)
			}
		})
	}
}

func TestBadCalls(t *testing.T) {
	c := serve(t, "", func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	for _, endpoint := range []string{"", "/notes/show", "notes/show?i=5", "../secret", "notes/show#x"} {
		if err := c.Call(t.Context(), endpoint, nil, nil); err == nil {
			t.Errorf("endpoint %q: no error", endpoint)
		}
	}
	for _, request := range []any{5, []int{1}, make(chan int), (*struct{})(nil)} {
		if err := c.Call(t.Context(), "ping", request, nil); err == nil {
			t.Errorf("request %T: no error", request)
		}
	}
}

func TestCallObeysItsContext(t *testing.T) {
	release := make(chan struct{})
	c := serve(t, "", func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := c.Call(ctx, "ping", nil, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestAnswerThatDoesNotDecode(t *testing.T) {
	c := serve(t, "", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `<html>`) })
	var v any
	if err := c.Call(t.Context(), "ping", nil, &v); err == nil || !strings.Contains(err.Error(), "ping") {
		t.Errorf("got %v", err)
	}
}

func TestRetryAfter(t *testing.T) {
	date := time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)
	for value, want := range map[string][2]time.Duration{
		"":                              {0, 0},
		"30":                            {30 * time.Second, 30 * time.Second},
		"-1":                            {0, 0},
		"soon":                          {0, 0},
		"99999999":                      {24 * time.Hour, 24 * time.Hour},
		date:                            {50 * time.Second, time.Minute},
		"Fri, 31 Dec 9999 23:59:59 GMT": {24 * time.Hour, 24 * time.Hour},
	} {
		if got := rest.RetryAfter(http.Header{"Retry-After": {value}}); got < want[0] || got > want[1] {
			t.Errorf("%q: %v", value, got)
		}
	}
}
