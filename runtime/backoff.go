package runtime

import (
	"math/rand/v2"
	"time"
)

// backoff is a full-jitter exponential backoff: clients that lost one server
// at one time come back spread over the whole pause.
type backoff struct{ min, max time.Duration }

// pause returns the pause before attempt n, which counts from zero.
func (b backoff) pause(n int) time.Duration {
	ceiling := b.max
	if n < 32 && b.min<<n > 0 {
		ceiling = min(b.min<<n, b.max)
	}
	return rand.N(ceiling) + 1
}
