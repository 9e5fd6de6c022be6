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
	behind bool
	block  strings.Builder
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
	begin := c.block.Len()
	c.block.Write(frame)
	return c.block.String()[begin:]
}

// setBehind says whether the handler of the last frame is more than a batch behind.
func (c *copies) setBehind(behind bool) {
	if c.behind && !behind {
		c.block.Reset() // an idle socket keeps none
	}
	c.behind = behind
}
