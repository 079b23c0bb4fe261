# Finds the statically linked program, for the tests of this folder, or ends them with 77. Sourced, from the root of the source tree.

file=${PROBEVUE_STATIC:-build/static/probevue}
if [[ ! -x $file ]]; then
    echo "skipped: there is no statically linked program: .ci/setup static && cmake --preset static && cmake --build --preset static"
    exit 77
fi
file=$(realpath "$file")
