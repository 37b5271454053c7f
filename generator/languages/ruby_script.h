/* ruby_script.h - the program in Ruby that runs Bundler for a lambda, in a folder with copies of
 * the files that decide.
 *
 * Its arguments are the manifest, its lock file, the runtime's version, its platform as RubyGems
 * names it, and the folder to fill. Bundler installs for the Ruby and the machine that run it; the
 * program makes these the lambda's. Gems that are only Ruby, or precompiled for the platform, do
 * not depend on where they are installed. A gem with C code does: it is refused unless both are the
 * same. */
#ifndef LANGUAGES_RUBY_SCRIPT_H
#define LANGUAGES_RUBY_SCRIPT_H

extern const char ruby_script[];

#endif
