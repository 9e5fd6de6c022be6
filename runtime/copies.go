package runtime

import "strings"

// blockSize is how much memory frames share that come while their handler is
// behind: about eight of them.
const blockSize = 16 << 10

// copies makes the copies of frames that inboxes keep. Each is memory of its own,
// so that who keeps a string of it keeps no other frame. But while a handler is
// behind they are parts of blocks, which cost the allocator and the garbage
// collector less.
type copies struct {
	behind bool // the handler of the last frame, by more than a batch
	block  strings.Builder
	idle   bool // nothing was put into the block since the socket last ran dry
}

// of returns a copy of frame.
func (c *copies) of(frame []byte) string {
	if !c.behind || len(frame) > blockSize {
		return string(frame)
	}
	if c.block.Cap()-c.block.Len() < len(frame) {
		c.block.Reset() // what was in it stays where it is
		c.block.Grow(blockSize)
	}
	c.idle = false
	begin := c.block.Len()
	c.block.Write(frame)
	return c.block.String()[begin:]
}

// dry is called when the socket has to be read again. A block that is not used any
// more is let go.
func (c *copies) dry() {
	if c.idle {
		c.block.Reset()
	}
	c.idle = true
}
