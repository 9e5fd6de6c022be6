package misskeytest

import "github.com/misskeyactor/misskeyactor/streaming/misskey"

// Channel is a channel in the other sense of Misskey's: a place to post notes
// in, whose timeline the streaming channel named "channel" carries.
type Channel struct {
	ID   misskey.ChannelID
	Name string

	owner *User
}

// AddChannel makes a channel of u's; post into it with [InChannel].
func (u *User) AddChannel(name string, options ...IDOption) *Channel {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	c := &Channel{ID: misskey.ChannelID(u.server.pickID(options)), Name: name, owner: u}
	u.server.channels.add(c.ID, c)
	return c
}
