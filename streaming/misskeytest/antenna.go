package misskeytest

import (
	"strings"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Antenna collects notes by what they say.
type Antenna struct {
	ID misskey.AntennaID

	owner    *User
	keywords [][]string
}

// AddAntenna makes an antenna of u's that hears every note by others that u may
// see and that has all the words of one of the groups, in upper or lower case.
// Words are separated by spaces: "go actor" and "misskey" together hear notes
// with "go" and "actor", and notes with "misskey".
func (u *User) AddAntenna(groups []string, options ...IDOption) *Antenna {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	a := &Antenna{ID: misskey.AntennaID(u.server.pickID(options)), owner: u}
	for _, g := range groups {
		a.keywords = append(a.keywords, strings.Fields(strings.ToLower(g)))
	}
	u.server.antennas.add(a.ID, a)
	return a
}

func (a *Antenna) hears(n *note) bool {
	if n.user == a.owner || !a.owner.server.visible(n, a.owner.ID) {
		return false
	}
	text := strings.ToLower(n.text + "\n" + n.cw)
	for _, words := range a.keywords {
		all := len(words) > 0
		for _, w := range words {
			all = all && strings.Contains(text, w)
		}
		if all {
			return true
		}
	}
	return false
}
