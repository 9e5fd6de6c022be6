package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// Transport takes a call to the server: request, a JSON object, to an endpoint.
// It returns the answer, of which an empty one is none, or *Error for what the
// server refuses.
type Transport func(ctx context.Context, endpoint string, request []byte) (answer []byte, err error)

// Call encodes request, has t take it to the endpoint and decodes the answer
// into response. A nil request is {}; a nil response drops the answer; an empty
// answer leaves response alone.
func (t Transport) Call(ctx context.Context, endpoint string, request, response any) error {
	if endpoint == "" || strings.ContainsAny(endpoint, "?#") || strings.Contains(endpoint, "..") || strings.HasPrefix(endpoint, "/") {
		return fmt.Errorf("misskey: %q is no endpoint; one is as in %q", endpoint, "notes/create")
	}
	body := []byte("{}")
	if request != nil {
		var err error
		if body, err = json.Marshal(request); err != nil {
			return fmt.Errorf("misskey: %s: encoding the request: %w", endpoint, err)
		}
		if len(body) == 0 || body[0] != '{' {
			return fmt.Errorf("misskey: %s: the request must be a JSON object, %T is not", endpoint, request)
		}
	}
	answer, err := t(ctx, endpoint, body)
	if err != nil {
		return err
	}
	if response == nil || len(bytes.TrimSpace(answer)) == 0 {
		return nil
	}
	if err := json.Unmarshal(answer, response); err != nil {
		return fmt.Errorf("misskey: %s: decoding the answer: %w", endpoint, err)
	}
	return nil
}
