package misskeytest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"testing"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// restClient makes calls as a user, nil being nobody.
type restClient struct {
	t    *testing.T
	srv  *misskeytest.Server
	user *misskeytest.User
}

func (c restClient) token() string {
	if c.user == nil {
		return ""
	}
	return c.user.Token()
}

// orNone makes the object that every call has to have.
func orNone(params map[string]any) map[string]any {
	if params == nil {
		return map[string]any{}
	}
	return params
}

// get makes a call that has a result.
func (c restClient) get(endpoint string, params map[string]any, result any) {
	c.t.Helper()
	if status := call(c.t, c.srv, c.token(), endpoint, orNone(params), result); status != 200 {
		c.t.Fatalf("%s %v: %d, want 200", endpoint, params, status)
	}
}

// do makes a call that has none.
func (c restClient) do(endpoint string, params map[string]any) {
	c.t.Helper()
	if status := call(c.t, c.srv, c.token(), endpoint, orNone(params), nil); status != 204 {
		c.t.Fatalf("%s %v: %d, want 204", endpoint, params, status)
	}
}

// refusedBody is a refusal as it is on the wire.
type refusedBody struct {
	Error struct {
		Code, ID, Kind string
		Info           struct{ E struct{ Message string } }
	}
}

// refused makes a call that is refused with a status and a code.
func (c restClient) refused(endpoint string, params map[string]any, status int, code string) refusedBody {
	c.t.Helper()
	var body refusedBody
	got := call(c.t, c.srv, c.token(), endpoint, orNone(params), &body)
	if got != status || body.Error.Code != code {
		c.t.Errorf("%s %v: %d %s, want %d %s", endpoint, params, got, body.Error.Code, status, code)
	}
	return body
}

// upload sends a file as browsers do.
func (c restClient) upload(name string, content []byte, fields map[string]string, result any) int {
	c.t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for key, value := range fields {
		if err := w.WriteField(key, value); err != nil {
			c.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		c.t.Fatal(err)
	}
	_, _ = part.Write(content) // a buffer takes everything
	_ = w.Close()
	header := http.Header{"Content-Type": {w.FormDataContentType()}, "Authorization": {"Bearer " + c.token()}}
	resp, body := request(c.t, c.srv, "POST", "drive/files/create", header, form.String())
	if err := json.Unmarshal(body, result); err != nil {
		c.t.Fatalf("%v: %s", err, body)
	}
	return resp.StatusCode
}

// fetch reads what is at a URL.
func fetch(t *testing.T, url string) (status int, kind string, content []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if content, err = io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header.Get("Content-Type"), content
}

// count returns how many events of a type came under a wire id.
func (c *testClient) count(id, typ string) int {
	c.sync()
	return len(c.all(event(id, typ)))
}
