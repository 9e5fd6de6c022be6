package misskeytest_test

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// reply is what came back of a call.
type reply struct {
	status int
	header http.Header
	body   string
	code   string // of the error
}

var asJSON = http.Header{"Content-Type": {"application/json"}}

// ask posts a JSON body as it stands; an empty token is nobody's.
func ask(t testing.TB, srv *misskeytest.Server, token, endpoint, body string) reply {
	t.Helper()
	header := asJSON.Clone()
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	return askWith(t, srv, "POST", endpoint, header, body)
}

func askWith(t testing.TB, srv *misskeytest.Server, method, endpoint string, header http.Header, body string) reply {
	t.Helper()
	resp, data := request(t, srv, method, endpoint, header, body)
	var e struct{ Error struct{ Code string } }
	_ = json.Unmarshal(data, &e) // other bodies have no code
	return reply{status: resp.StatusCode, header: resp.Header, body: string(data), code: e.Error.Code}
}

func (r reply) want(t testing.TB, status int, code string) {
	t.Helper()
	if r.status != status || r.code != code {
		t.Errorf("%d %s, want %d %s: %s", r.status, r.code, status, code, r.body)
	}
}

// Calling: each line of what was measured about it.
func TestRESTCalling(t *testing.T) {
	srv := newServer(t)
	alice := srv.AddUser("alice")
	note := alice.Post("x")
	alice.React(note.ID, "👍")
	token := alice.Token()
	const bad = "0123456789abcdef"

	t.Run("PUT works as POST", func(t *testing.T) {
		if r := askWith(t, srv, "PUT", "ping", asJSON, `{}`); r.status != 200 || !strings.Contains(r.body, "pong") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("GET: 405 empty body", func(t *testing.T) {
		for _, endpoint := range []string{"meta", "ping", "notes/create"} {
			if r := askWith(t, srv, "GET", endpoint, nil, ""); r.status != 405 || r.body != "" {
				t.Errorf("%s: %+v", endpoint, r)
			}
		}
	})
	t.Run("except: query string parameters", func(t *testing.T) {
		query := "notes/reactions?limit=1&noteId=" + string(note.ID)
		if r := askWith(t, srv, "GET", query, nil, ""); r.status != 200 || !strings.Contains(r.body, "👍") {
			t.Errorf("%+v", r)
		}
		if r := askWith(t, srv, "GET", "notes/featured", nil, ""); r.status != 200 || !strings.Contains(r.body, string(note.ID)) {
			t.Errorf("%+v", r)
		}
		askWith(t, srv, "GET", query+"&limit=2", nil, "").want(t, 400, "INVALID_PARAM")
		askWith(t, srv, "GET", "notes/featured?limit=ten", nil, "").want(t, 400, "INVALID_PARAM")
		askWith(t, srv, "GET", "notes/featured?limit=101", nil, "").want(t, 400, "INVALID_PARAM")
		askWith(t, srv, "GET", "notes/featured?i="+bad, nil, "").want(t, 401, "AUTHENTICATION_FAILED")
	})
	t.Run("HEAD runs as a bodyless call (400)", func(t *testing.T) {
		if r := askWith(t, srv, "HEAD", "ping", nil, ""); r.status != 400 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("must be a JSON object", func(t *testing.T) {
		ask(t, srv, "", "ping", `{}`).want(t, 200, "")
		for kind, body := range map[string]string{"": "", "text/plain": "{}", "application/json": "[]", "application/json; charset=utf-8": "null"} {
			r := askWith(t, srv, "POST", "ping", http.Header{"Content-Type": {kind}}, body)
			r.want(t, 400, "INVALID_PARAM")
			if !strings.Contains(r.body, `"param":"#/type"`) {
				t.Errorf("%q %q: %s", kind, body, r.body)
			}
		}
	})
	t.Run("broken JSON or empty body with JSON content type = 400 Fastify shape", func(t *testing.T) {
		for _, body := range []string{"", "{", `{"a":1,}`} {
			wantFramework(t, ask(t, srv, "", "ping", body), 400, "Bad Request")
		}
	})
	t.Run("urlencoded = 415", func(t *testing.T) {
		r := askWith(t, srv, "POST", "ping", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, "a=b")
		wantFramework(t, r, 415, "Unsupported Media Type")
	})
	t.Run("1,000,000 B fine, over 1,048,576 = 413", func(t *testing.T) {
		padded := func(size int) string {
			const head, tail = `{"x":"`, `"}`
			return head + strings.Repeat("x", size-len(head)-len(tail)) + tail
		}
		ask(t, srv, "", "ping", padded(1_000_000)).want(t, 200, "")
		ask(t, srv, "", "ping", padded(1<<20)).want(t, 200, "")
		wantFramework(t, ask(t, srv, "", "ping", padded(1<<20+1)), 413, "Payload Too Large")
	})
	t.Run("i in body, or Authorization: Bearer", func(t *testing.T) {
		ask(t, srv, token, "i", `{}`).want(t, 200, "")
		ask(t, srv, "", "i", `{"i":"`+token+`"}`).want(t, 200, "")
	})
	t.Run("bearer is treated as no header", func(t *testing.T) {
		for _, scheme := range []string{"bearer ", "BEARER ", "Basic ", ""} {
			header := http.Header{"Content-Type": {"application/json"}, "Authorization": {scheme + token}}
			askWith(t, srv, "POST", "i", header, `{}`).want(t, 401, "CREDENTIAL_REQUIRED")
			askWith(t, srv, "POST", "i", header, `{"i":"`+token+`"}`).want(t, 200, "")
		}
	})
	t.Run("header wins", func(t *testing.T) {
		ask(t, srv, bad, "i", `{"i":"`+token+`"}`).want(t, 401, "AUTHENTICATION_FAILED")
		ask(t, srv, token, "i", `{"i":"`+bad+`"}`).want(t, 200, "")
	})
	t.Run("?i= on POST ignored", func(t *testing.T) {
		ask(t, srv, "", "i?i="+token, `{}`).want(t, 401, "CREDENTIAL_REQUIRED")
		ask(t, srv, "", "ping?i="+bad, `{}`).want(t, 200, "")
	})
	t.Run("no token needed for public endpoints, but a BAD token is 401", func(t *testing.T) {
		ask(t, srv, "", "meta", `{}`).want(t, 200, "")
		ask(t, srv, bad, "meta", `{}`).want(t, 401, "AUTHENTICATION_FAILED")
	})
	t.Run(`i:"" = 401 AUTHENTICATION_FAILED, i:null = anonymous`, func(t *testing.T) {
		ask(t, srv, "", "ping", `{"i":""}`).want(t, 401, "AUTHENTICATION_FAILED")
		ask(t, srv, "", "ping", `{"i":null}`).want(t, 200, "")
		ask(t, srv, "", "i", `{"i":null}`).want(t, 401, "CREDENTIAL_REQUIRED")
	})
	t.Run("i:5 (non-string) = never answered", func(t *testing.T) {
		for _, body := range []string{`{"i":5}`, `{"i":true}`, `{"i":{}}`} {
			client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Millisecond}
			resp, err := client.Post(srv.URL+"/api/ping", "application/json", strings.NewReader(body))
			if err == nil {
				resp.Body.Close()
				t.Fatalf("%s: answered %s", body, resp.Status)
			}
			if timeout := net.Error(nil); !errors.As(err, &timeout) || !timeout.Timeout() {
				t.Errorf("%s: %v, want to wait", body, err)
			}
		}
	})
	t.Run("204 and an empty body where there is no result", func(t *testing.T) {
		other := srv.AddUser("other")
		id := `{"noteId":"` + string(other.Post("x", misskeytest.WithPoll("a", "b")).ID) + `","reaction":"👍","choice":0}`
		mine := `{"noteId":"` + string(alice.Post("x").ID) + `"}`
		for _, do := range []struct{ endpoint, body string }{
			{"notes/reactions/create", id},
			{"notes/reactions/delete", id},
			{"notes/polls/vote", id},
			{"notes/unrenote", id},
			{"notes/delete", mine},
			{"notifications/mark-all-as-read", `{}`},
			{"notifications/create", `{"body":"x"}`},
			{"notifications/flush", `{}`},
			{"notifications/test-notification", `{}`},
		} {
			if r := ask(t, srv, token, do.endpoint, do.body); r.status != 204 || r.body != "" {
				t.Errorf("%s: %+v", do.endpoint, r)
			}
		}
	})
	t.Run("unknown params ignored", func(t *testing.T) {
		ask(t, srv, token, "notes/timeline", `{"nonsense":[1],"SINCEID":5}`).want(t, 200, "")
	})
	t.Run("null for sinceId/untilId = 400", func(t *testing.T) {
		for _, name := range []string{"sinceId", "untilId"} {
			ask(t, srv, token, "notes/timeline", `{"`+name+`":null}`).want(t, 400, "INVALID_PARAM")
		}
	})
	t.Run("OPTIONS 204, origin *", func(t *testing.T) {
		r := askWith(t, srv, "OPTIONS", "notes/create", nil, "")
		if r.status != 204 || r.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%+v", r)
		}
	})
	t.Run("api.json: GET only, no auth; openapi 3.1.0", func(t *testing.T) {
		var doc struct {
			OpenAPI string
			Info    struct{ Title, Version string }
			Paths   map[string]map[string]struct {
				OperationID string
				Responses   map[string]struct{ Description string }
				RequestBody struct {
					Content map[string]struct {
						Schema struct {
							Properties map[string]struct{ Type any }
							Required   []string
						}
					}
				}
			}
		}
		r := askWith(t, srv, "GET", "/api.json", nil, "")
		if err := json.Unmarshal([]byte(r.body), &doc); err != nil || r.status != 200 {
			t.Fatalf("%d %v", r.status, err)
		}
		if doc.OpenAPI != "3.1.0" || doc.Info.Title == "" || doc.Info.Version != string(misskeytest.Release2026) {
			t.Errorf("%s %+v", doc.OpenAPI, doc.Info)
		}
		seen := map[string]bool{}
		for path, methods := range doc.Paths {
			for method, operation := range methods {
				if operation.OperationID == "" || seen[operation.OperationID] || len(operation.Responses) == 0 {
					t.Errorf("%s %s: %+v", method, path, operation)
				}
				seen[operation.OperationID] = true
			}
		}
		show := doc.Paths["/notes/show"]["post"].RequestBody.Content["application/json"].Schema
		if show.Properties["noteId"].Type != "string" || !slices.Equal(show.Required, []string{"noteId"}) {
			t.Errorf("notes/show: %+v", show)
		}
		if doc.Paths["/notes/featured"]["get"].OperationID == "" || doc.Paths["/notes/show"]["get"].OperationID != "" {
			t.Error("the wrong endpoints can be got")
		}
		wantFramework(t, askWith(t, srv, "POST", "/api.json", asJSON, `{}`), 404, "Not Found")
	})
}

// wantFramework checks a refusal from below the API, whose error is a string.
func wantFramework(t testing.TB, r reply, status int, phrase string) {
	t.Helper()
	var body struct {
		StatusCode     int
		Error, Message string
	}
	if err := json.Unmarshal([]byte(r.body), &body); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
	if r.status != status || body.StatusCode != status || body.Error != phrase || body.Message == "" {
		t.Errorf("%d %s, want %d %s", r.status, r.body, status, phrase)
	}
}

// A form is no JSON: an endpoint that wants no file takes it for a body that is
// missing.
func TestRESTFormWhereNoneIsWanted(t *testing.T) {
	srv := newServer(t)
	header := http.Header{"Content-Type": {"multipart/form-data; boundary=b"}}
	body := "--b\r\nContent-Disposition: form-data; name=\"noteId\"\r\n\r\nx\r\n--b--\r\n"
	askWith(t, srv, "POST", "notes/show", header, body).want(t, 400, "INVALID_PARAM")
}
