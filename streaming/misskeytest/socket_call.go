package misskeytest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// What a call can be refused with over the socket only.
var (
	errNoSuchEndpoint = &apiError{
		Message: "No such endpoint.", Code: "NO_SUCH_ENDPOINT", ID: "f8080b67-5f9c-4eb7-8c18-7f1eeae8f709",
		Kind: kindClient, status: http.StatusNotFound,
	}
	errFileRequired = refusal("FILE_REQUIRED", "4267801e-70d1-416a-b011-4ee502885d8b", "File required.")
)

// callAnswer is what a call over the socket gets. Without a result and without
// an error it is empty.
type callAnswer struct {
	Res   json.RawMessage `json:"res,omitempty"`
	Error *apiError       `json:"error,omitempty"`
}

// answerCall does what an `api` message asks for, with the socket's own rights,
// and answers it by its id. A call without an id is answered too.
func (k *Socket) answerCall(body object) {
	name, ok := body.text("endpoint")
	if !ok || name == "" {
		name, _ = body.text("ep")
	}
	var answer callAnswer
	if e, known := k.server.endpoint(name); known {
		params, isObject := toObject(body["data"])
		answer.Res, answer.Error = k.server.perform(e, k.who, arguments{params: params, isObject: isObject})
	} else {
		answer.Error = errNoSuchEndpoint
	}

	answer.Error = k.server.word(answer.Error)
	frame := topFrame("api:"+scriptText(body["id"]), marshal(answer))
	faults := k.server.faults.answering(k, name)
	send := func() { k.sendText(frame) }
	switch {
	case faults.lost:
	case faults.late > 0:
		k.server.after(faults.late, send)
	default:
		send()
	}
}

// scriptText writes a JSON value as JavaScript makes text of it, which is what
// becomes of an id that is no string.
func scriptText(raw json.RawMessage) string {
	var value any
	if len(raw) == 0 || json.Unmarshal(raw, &value) != nil {
		return "undefined"
	}
	return textOfScript(value)
}

func textOfScript(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		parts := make([]string, len(v))
		for i, part := range v {
			if part != nil {
				parts[i] = textOfScript(part)
			}
		}
		return strings.Join(parts, ",")
	case map[string]any:
		return "[object Object]"
	default:
		return "null"
	}
}
