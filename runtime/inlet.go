package runtime

import (
	"net"
	"time"
)

// inlet is the network connection under a websocket. It tells its reader when it
// is about to be read, and perhaps waited for: all that came before has been dealt
// with then.
type inlet struct {
	net.Conn

	dry func()    // set by the reader before it reads; nil until then
	at  time.Time // when it was last read
}

// Read is called by one goroutine at a time.
func (c *inlet) Read(b []byte) (int, error) {
	if c.dry != nil {
		c.dry()
	}
	n, err := c.Conn.Read(b)
	c.at = time.Now()
	return n, err
}
