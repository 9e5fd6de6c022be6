package dts

import (
	"github.com/misskeyactor/misskeyactor/gen/upstream"
	"github.com/misskeyactor/misskeyactor/spec"
)

// Compare returns where the declarations and a spec differ. Of the entities it
// compares those that both have: a spec holds the ones that its messages carry.
func Compare(a *API, s *spec.Spec) []upstream.Difference {
	return upstream.Compare(a.facts(s), upstream.FromSpec(s, a.IsEntity))
}

// notificationType is the entity whose variants are the kinds of notification.
const notificationType = "Notification"

// facts are what the declarations say, in the form in which it can be held
// against a spec.
func (a *API) facts(of *spec.Spec) *upstream.Facts {
	facts := &upstream.Facts{}
	for _, c := range a.Channels {
		path := facts.Add("", "channels."+c.Name, "a channel", c.Pos)
		facts.AddFields(path, "params", "a parameter", c.Params)
		addMessages(facts, path, "events", "an event", c.Events)
		addMessages(facts, path, "sends", "a send", c.Sends)
	}
	addMessages(facts, "", "broadcasts.events", "a broadcast", a.Broadcasts)
	for _, c := range a.Captures {
		path := facts.Add("", "captures."+c.Name, "a capture", c.Pos)
		facts.AddFields(path, "key", "a key", c.Key)
		addMessages(facts, path, "events", "an event", c.Events)
	}
	for _, e := range a.Entities {
		facts.AddSchema(e, of)
	}
	for _, k := range a.NotificationKinds {
		facts.AddVariant(notificationType, k.Word, k.Pos)
	}
	return facts
}

func addMessages(facts *upstream.Facts, parent, section, what string, messages []*Message) {
	for _, m := range messages {
		facts.AddShape(parent, section+"."+m.Name, what, m.Pos, m.Body, false)
	}
}
