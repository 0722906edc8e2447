"""The issues of the story, raised, moved and closed by the same verbs the application uses."""

from domains.models import Issue
from meetings.demo.story import Story, contents


def raise_all(story: Story) -> None:
    """Puts the issues into `story`: each is raised, and goes its way, when its day comes."""
    for facts in contents("issues"):
        day = story.day(facts["day"])
        story.then(story.at(day, 10), _Course(story, facts))


class _Course:
    """One issue on its way; called first to raise it."""

    def __init__(self, story, facts):
        self.story, self.facts = story, facts
        for offset, verb, *words in facts["path"]:
            day = story.day(offset)
            step = self._step(verb, day, words[0] if words else "")
            story.then(story.at(day, 14), step)

    def __call__(self, moment):
        story, facts = self.story, self.facts
        organization = story.organizations[tuple(facts["by"])]
        self.issue = Issue.put(
            story.tasks[facts["task"]],
            organization=organization,
            by=story.actor(organization),
            on=story.day(facts["day"]),
            title=facts["title"],
            facts=facts["facts"],
            ask=facts["ask"],
            asked_of=story.organizations[tuple(facts["asked_of"])],
            options=facts["options"],
        )

    def _step(self, verb, day, words):
        def step(moment):
            issue = self.issue
            who = {"by": self._mover(verb), "on": day, "version": issue.version}
            if verb == "escalate":
                went = issue.escalate(**who)
            elif verb == "send_down":
                went = issue.send_down(words=words, **who)
            else:
                went = issue.close(verb, words=words, **who)
            if not went:
                raise ValueError(f"{issue}: cannot {verb}")

        return step

    def _mover(self, verb):
        """Who raised it ends what is theirs; the rest is their side's secretary's."""
        if verb in (Issue.Outcome.RESOLVED, Issue.Outcome.DROPPED) or self.issue.level == 0:
            return self.issue.raised_by
        return self.story.secretaries[self.facts["by"][0]]
