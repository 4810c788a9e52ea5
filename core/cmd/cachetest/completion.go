package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

var completionVerb = verb{
	name:  "completion",
	args:  "bash|zsh|fish",
	short: "write what makes a shell complete commands, flags and keys",
	most:  many,
	long: `
For bash, in .bashrc:   source <(cachetest completion bash)
For zsh, in .zshrc:     source <(cachetest completion zsh)
For fish:               cachetest completion fish | source

They complete what is called cachetest: for a tool of a module that is an alias,
alias cachetest='go tool cachetest'.`,
	setup: func(c *command) func() error { return c.completion },
}

// completions are the scripts, which ask this command for the words that a line may
// go on with.
var completions = map[string]string{
	"bash": `complete -o default -C 'cachetest completion words' cachetest
`,
	"zsh": `autoload -U +X compinit && compinit -u
autoload -U +X bashcompinit && bashcompinit
complete -o default -C 'cachetest completion words' cachetest
`,
	"fish": `function __cachetest_words
	set -lx COMP_LINE (commandline -cp)
	test -z (commandline -ct); and set COMP_LINE "$COMP_LINE "
	cachetest completion words 2>/dev/null
end
complete -c cachetest -n __fish_use_subcommand -f
complete -c cachetest -a '(__cachetest_words)'
`,
}

func (c *command) completion() error {
	switch {
	case len(c.args) > 0 && c.args[0] == "words": // for the scripts
		return c.completeLine(os.Getenv("COMP_LINE"))
	case len(c.args) != 1 || completions[c.args[0]] == "":
		return errUsage
	}
	_, err := fmt.Fprint(c.out, completions[c.args[0]])
	return err
}

// completeLine writes the words that the last one of a line may become.
func (c *command) completeLine(line string) error {
	words := strings.Fields(line + "|") // the last one may be empty
	last := strings.TrimSuffix(words[len(words)-1], "|")
	var choices []string
	switch {
	case len(words) < 3:
		choices = verbNames()
	case strings.HasPrefix(last, "-"):
		if v := findVerb(words[1]); v != nil {
			other, _ := v.newCommand(c.raw, c.err)
			other.flags.VisitAll(func(f *flag.Flag) { choices = append(choices, "-"+f.Name) })
		}
	default:
		c.args = nil
		if err := c.look(known); err != nil {
			return err
		}
		for _, f := range c.chosen {
			choices = append(choices, f.Key)
		}
	}
	for _, choice := range choices {
		if strings.HasPrefix(choice, last) {
			fmt.Fprintln(c.out, choice)
		}
	}
	return nil
}
