"""Endings and names of files, and endings of hosts, in lower case, separated by white space."""

from typing import Final

LANGUAGES: Final = """
    c h cc cpp cxx hpp hh hxx inl ipp tcc m mm cs csx fs fsx fsi vb java kt kts groovy scala sc sbt clj cljs cljc
    edn go rs py pyi pyx pxd pyw ipynb rb erb rake gemspec php phtml pl pm t r jl lua swift dart ex exs eex heex
    leex erl hrl elm hs lhs ml mli mll mly rei res nim zig v sv svh vhd vhdl cr d pas pp f f77 f90 f95 f03 f08 for
    cob cbl cpy ada adb ads lisp lsp el scm ss rkt fnl s asm nasm wat wast wit wgsl glsl vert frag hlsl metal cu cuh
    sol vy move cairo cdc js jsx mjs cjs ts tsx mts cts vue svelte astro coffee litcoffee ls hx gd gdshader tcl awk
    sed vim abap apex cls trigger bsl sas stan wl agda lean thy tla als smt2 pddl odin mojo gleam roc nu ahk au3 ino
    pde qml cppm ixx ets vbs bas raku bal cfm cfc circom yul tact cl rnw mq5 jsm
"""
"""Programming languages."""
TEMPLATES: Final = """
    html htm xhtml css scss sass less styl pcss hbs handlebars mustache ejs pug jade haml slim liquid njk jinja
    jinja2 j2 tmpl tpl twig gohtml templ cshtml razor jsp jspx aspx ascx asp ftl vm
    gotmpl marko latte jbuilder
"""
"""The web, and templates."""
DATA: Final = """
    json jsonc json5 jsonl ndjson geojson webmanifest yaml yml toml ini cfg conf config properties env xml xsd xsl
    xslt plist svg csv tsv sql psql graphql gql graphqls proto thrift avsc avdl prisma hcl tf tfvars nix dhall cue
    rego bicep bzl bazel star cmake mk mak ninja gn gni gradle m4 lock mod sln csproj fsproj vbproj props
    targets pbxproj xcconfig podspec storyboard xib entitlements strings resx xaml xlf arb po pot ui kdl ron rdf ttl
    owl sparql rq wsdl raml smithy tsp fbs capnp idl aidl webidl yang asn1 g4 ebnf bnf peg pest lalrpop y yy ll td
    mlir def inc gyp gypi pri desktop dockerfile containerfile dockerignore gitignore editorconfig mdc rules tape
    jsonnet libsonnet jsonld har dtd rng rnc jmx robot ics gpx kml topojson ddl hql cql cypher surql plsql pks pkb fxml
    axaml tsbuildinfo bicepparam tftpl nomad zon lkml ac am rproj vcxproj xcworkspace resolved bats
"""
"""Data and settings."""
PROSE: Final = """
    md mdx markdown mdown mkd qmd rmd rst adoc asciidoc txt text tex ltx bib org typ pod log diff patch feature snap
    puml plantuml mmd dot gv drawio excalidraw vtt srt textile mediawiki rdoc
"""
"""Prose."""
SHELLS: Final = """
    sh bash zsh fish ksh csh ps1 psm1 psd1 bat cmd
"""
"""Shells."""
BINARY: Final = """
    png jpg jpeg gif webp avif bmp ico tif tiff psd pdf doc docx xls xlsx ppt pptx odt ods odp epub zip tar gz tgz
    bz2 xz zst 7z whl jar war so dll dylib exe wasm bin dat db sqlite sqlite3 parquet feather pkl npy npz pt
    onnx woff woff2 ttf otf eot mp3 mp4 wav ogg webm mov map pem crt key heic avi mkv flac m4a aac opus
    h5 hdf5 rds rdata arrow orc avro safetensors gguf pth ckpt glb gltf stl fbx blend deb rpm apk ipa dmg msi eps p12
    jks cer csr pyc
"""
"""What has no lines."""
NAMES: Final = """
    makefile gnumakefile bsdmakefile dockerfile containerfile jenkinsfile vagrantfile procfile gemfile rakefile
    guardfile podfile cartfile fastfile appfile brewfile berksfile capfile thorfile pipfile justfile taskfile
    tiltfile earthfile caddyfile snakefile kbuild kconfig sconstruct sconscript meson.build build.bazel workspace
    codeowners maintainers authors contributors license licence copying notice patents readme changelog changes
    cmakelists.txt go.mod go.sum go.work config.ru py.typed cargo.lock gradlew mvnw crontab pkgbuild
    doxyfile dangerfile puppetfile modelfile buildfile mintfile owners unlicense contributing
"""
"""Names of files that end as no other."""
NAMES_IN_CAPITALS: Final = """
    workspace maintainers authors contributors notice patents changes copying changelog license licence readme
    crontab kbuild owners unlicense contributing
"""
"""Those of them that are words: names of files only as `LICENSE`, or in a directory."""
COPIES: Final = """
    in example sample template dist default bak orig old
"""
"""What is appended to the whole name of a file: `config.yml.example`."""
DOMAINS: Final = """
    com org net edu gov mil int info biz io dev app ai co local internal localhost lan cloud tech site online xyz me
    tv eu uk de fr it es nl be ch at dk se no fi cz sk hu pt gr ie us ca mx br ar jp cn kr tw hk sg in au nz za ru
    ua tr il page blog wiki news shop art design systems tools run sh
"""
"""How hosts end."""
DOMAINS_OR_ENDINGS: Final = """
    py rs sh pl md cc ml mk mm pm tf sc cr gd so ps st vy mov zip cat app
"""
"""How both hosts and files end."""
