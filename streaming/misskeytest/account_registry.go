package misskeytest

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// settingKey names what a client keeps on the server for itself. Each app has a
// domain of its own; "" is that of the user's own tokens.
type settingKey struct {
	domain string
	scope  string // its parts, joined
	key    string
}

type setting struct {
	scope   []string
	value   json.RawMessage
	updated time.Time
}

func newSettingKey(domain string, scope []string, key string) settingKey {
	return settingKey{domain: domain, scope: strings.Join(scope, "/"), key: key}
}

// SetRegistry keeps a value in u's registry, under a key of a scope as in
// "client", "base": `registryUpdated` on u's main channels. value is encoded as
// JSON.
func (u *User) SetRegistry(key string, value any, scope ...string) {
	raw := marshal(value)
	u.server.locked(func() { u.setRegistry("", scope, key, raw) })
}

// setRegistry tells of what the user's own clients keep, and not of what apps
// do.
func (u *User) setRegistry(domain string, scope []string, key string, value json.RawMessage) {
	if u.settings == nil {
		u.settings = map[settingKey]setting{}
	}
	scope = append([]string{}, scope...) // not null
	u.settings[newSettingKey(domain, scope, key)] = setting{scope: scope, value: value, updated: u.server.now()}
	if domain == "" {
		u.toMain("registryUpdated", registryUpdate{Scope: scope, Key: key, Value: value})
	}
}

type registryUpdate struct {
	Scope []string        `json:"scope"`
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
}

// scopeOf returns everything in a scope, by key.
func (u *User) scopeOf(domain string, scope []string) map[string]setting {
	inside, all := newSettingKey(domain, scope, ""), map[string]setting{}
	for key, s := range u.settings {
		if key.domain == inside.domain && key.scope == inside.scope {
			all[key.key] = s
		}
	}
	return all
}

// domainScopes is which scopes a domain has.
type domainScopes struct {
	Scopes [][]string `json:"scopes"`
	Domain *string    `json:"domain"` // nil: the user's own
}

func (u *User) domains() []domainScopes {
	byDomain := map[string]*domainScopes{}
	var names []string
	for key, s := range u.settings {
		d := byDomain[key.domain]
		if d == nil {
			d = &domainScopes{}
			if key.domain != "" {
				d.Domain = &key.domain
			}
			byDomain[key.domain] = d
			names = append(names, key.domain)
		}
		if !slices.ContainsFunc(d.Scopes, func(o []string) bool { return slices.Equal(o, s.scope) }) {
			d.Scopes = append(d.Scopes, s.scope)
		}
	}
	slices.Sort(names)
	all := []domainScopes{}
	for _, name := range names {
		slices.SortFunc(byDomain[name].Scopes, slices.Compare)
		all = append(all, *byDomain[name])
	}
	return all
}
