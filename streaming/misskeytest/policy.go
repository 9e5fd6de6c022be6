package misskeytest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// policySet are policies by the names that Misskey gives them, as in
// "ltlAvailable".
type policySet map[string]json.RawMessage

// policies are all of them.
type policies misskey.RolePolicies

// WithBasePolicy sets one of the policies that everybody has who has no role
// that says otherwise: "ltlAvailable" and "gtlAvailable" (booleans) for the
// public timelines, "rateLimitFactor" (a number) and so on, as `meta` lists
// them. It panics over a policy that Misskey does not have, and over a value
// that is not of its type.
func WithBasePolicy(name string, value any) Option {
	raw := mustPolicy(name, value)
	return func(cfg *config) {
		cfg.policies = cfg.policies.with(policySet{name: raw})
	}
}

// WithPolicy makes the role say something about a policy, in place of the
// server's own word; see [WithBasePolicy] for names and panics. Of several
// roles of a user the highest value counts: true is higher than false, and a
// role that says nothing stands for the server's word.
func WithPolicy(name string, value any) RoleOption {
	raw := mustPolicy(name, value)
	return roleOption(func(r *Role) {
		put(&r.policies, name, misskey.RolePolicy{Value: raw})
	})
}

func mustPolicy(name string, value any) json.RawMessage {
	raw := marshal(value)
	if !isPolicy(name, raw) {
		panic(fmt.Sprintf("misskeytest: %s is no policy that can be %s", name, raw))
	}
	return raw
}

func isPolicy(name string, value json.RawMessage) bool {
	set := standardPolicies().set()
	if _, known := set[name]; !known {
		return false
	}
	if len(value) == 0 || string(value) == "null" {
		return false // decodes into everything
	}
	set[name] = value
	_, ok := set.policies()
	return ok
}

// standardPolicies are those of a server that nobody has changed.
func standardPolicies() policies {
	return policies{
		GtlAvailable:        true,
		LtlAvailable:        true,
		CanPublicNote:       true,
		MentionLimit:        20,
		InviteLimitCycle:    10080,
		CanSearchUsers:      true,
		CanUseTranslator:    true,
		DriveCapacityMb:     100,
		MaxFileSizeMb:       30,
		UploadableFileTypes: []string{"text/*", "application/json", "image/*", "video/*", "audio/*"},
		CanUpdateBioMedia:   true,
		PinLimit:            5,
		AntennaLimit:        5,
		WordMuteLimit:       200,
		WebhookLimit:        3,
		ClipLimit:           10,

		NoteEachClipsLimit:     200,
		UserListLimit:          10,
		UserEachUserListsLimit: 50,
		RateLimitFactor:        1,
		AvatarDecorationLimit:  1,
		ChatAvailability:       misskey.ChatAvailabilityAvailable,
		NoteDraftLimit:         10,
		ScheduledNoteLimit:     1,
		WatermarkAvailable:     true,
	}
}

// set returns the policies by name.
func (p policies) set() policySet {
	var set policySet
	mustUnmarshal(marshal(misskey.RolePolicies(p)), &set)
	return set
}

// policies returns the set as a struct, false if it lacks a policy or has one of
// the wrong type.
func (set policySet) policies() (policies, bool) {
	var p misskey.RolePolicies
	err := json.Unmarshal(marshal(set), &p)
	return policies(p), err == nil
}

// with returns the policies with those of the set in their place. The set's have
// been checked.
func (p policies) with(changes policySet) policies {
	set := p.set()
	maps.Copy(set, changes)
	changed, ok := set.policies()
	if !ok {
		panic(fmt.Sprintf("misskeytest: no policies: %s", marshal(set)))
	}
	return changed
}

func mustUnmarshal(data json.RawMessage, v any) {
	if err := json.Unmarshal(data, v); err != nil {
		panic(fmt.Sprintf("misskeytest: %v in what it has written itself: %s", err, data))
	}
}

// policiesOf returns what a user may do, nil being nobody.
func (s *Server) policiesOf(u *User) misskey.RolePolicies {
	roles := s.rolesOf(u)
	chosen := policySet{}
	var base policySet
	for _, r := range roles {
		for name := range r.policies {
			if base == nil {
				base = s.base.set()
			}
			chosen[name] = choosePolicy(base[name], name, roles)
		}
	}
	if len(chosen) == 0 {
		return misskey.RolePolicies(s.base)
	}
	return misskey.RolePolicies(s.base.with(chosen))
}

// choosePolicy asks the roles of the highest priority.
func choosePolicy(base json.RawMessage, name string, roles []*Role) json.RawMessage {
	highest := int64(0)
	for _, r := range roles {
		highest = max(highest, r.policies[name].Priority)
	}
	var chosen json.RawMessage
	for _, r := range roles {
		p, says := r.policies[name]
		if p.Priority != highest {
			continue
		}
		value := p.Value
		if !says || p.UseDefault {
			value = base
		}
		if chosen == nil || higher(value, chosen) {
			chosen = value
		}
	}
	return chosen
}

// higher compares two values of one policy. The higher one need not be the more
// generous: a high rateLimitFactor is a strict one.
func higher(a, b json.RawMessage) bool { return height(a) > height(b) }

func height(raw json.RawMessage) float64 {
	var value any
	mustUnmarshal(raw, &value)
	switch v := value.(type) {
	case bool:
		if v {
			return 1
		}
	case float64:
		return v
	case []any:
		return float64(len(v))
	case string: // of chatAvailability
		levels := []misskey.ChatAvailability{misskey.ChatAvailabilityUnavailable, misskey.ChatAvailabilityReadonly, misskey.ChatAvailabilityAvailable}
		return float64(slices.Index(levels, misskey.ChatAvailability(v)))
	}
	return 0
}

// policies are what somebody without a role may do.
func (s *Server) policies() misskey.RolePolicies { return misskey.RolePolicies(s.base) }
