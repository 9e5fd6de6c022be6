package runtime

import (
	"fmt"

	"github.com/gorilla/websocket"
)

// CloseError is a socket that the server ended, or that just ended. The client
// always opens another one.
type CloseError struct {
	Code   int    // of the close frame; 1006 where there was none
	Reason string // what the server wrote into it, 123 bytes at most

	explanation string
}

func (e *CloseError) Error() string {
	s := fmt.Sprintf("misskey: the server closed the socket (%d): %s", e.Code, e.explanation)
	if e.Reason != "" {
		s += fmt.Sprintf(": %q", e.Reason)
	}
	return s
}

// closes says what the codes of a close mean, as far as servers use them.
var closes = map[int]string{
	websocket.CloseNormalClosure:           "it says it is done",
	websocket.CloseGoingAway:               "it, or a proxy before it, is going away",
	websocket.CloseProtocolError:           "it takes what was sent for a breach of the protocol",
	websocket.CloseUnsupportedData:         "it does not take this kind of frame",
	websocket.CloseNoStatusReceived:        "it does not say why",
	websocket.CloseAbnormalClosure:         "without a word, as Misskey does when it restarts or has heard no pong for long",
	websocket.CloseInvalidFramePayloadData: "it takes what was sent for no text",
	websocket.ClosePolicyViolation:         "a proxy before it has a policy against this",
	websocket.CloseMessageTooBig:           "what was sent is larger than it takes",
	websocket.CloseInternalServerErr:       "it ran into an error",
	websocket.CloseServiceRestart:          "it is restarting",
	websocket.CloseTryAgainLater:           "it has too much to do",
}

func newCloseError(err *websocket.CloseError) *CloseError {
	explanation, ok := closes[err.Code]
	if !ok {
		explanation = "a code of its own"
	}
	reason := err.Text
	if err.Code == websocket.CloseAbnormalClosure {
		reason = "" // gorilla says there how the reading ended
	}
	return &CloseError{Code: err.Code, Reason: reason, explanation: explanation}
}
