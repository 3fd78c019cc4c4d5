using System.Runtime.InteropServices;

namespace LeakySpanner.Scanning.Syntax;

/// <summary>The functions of parser/parser.c.</summary>
internal static unsafe partial class NativeParser
{
    public const string Library = "leakyspanner-parser";

    static NativeParser() => NativeLibrary.SetDllImportResolver(
        typeof(NativeParser).Assembly, (name, _, _) => name == Library ? ParserLibrary.Load() : IntPtr.Zero);

    [LibraryImport(Library, EntryPoint = "ls_symbol_count")]
    public static partial uint SymbolCount();

    [LibraryImport(Library, EntryPoint = "ls_symbol_name")]
    public static partial byte* SymbolName(uint symbol);

    [LibraryImport(Library, EntryPoint = "ls_symbol_is_named")]
    public static partial int SymbolIsNamed(uint symbol);

    [LibraryImport(Library, EntryPoint = "ls_field_count")]
    public static partial uint FieldCount();

    [LibraryImport(Library, EntryPoint = "ls_field_name")]
    public static partial byte* FieldName(uint field);

    [LibraryImport(Library, EntryPoint = "ls_parser_new")]
    public static partial IntPtr New();

    [LibraryImport(Library, EntryPoint = "ls_parser_delete")]
    public static partial void Delete(IntPtr parser);

    [LibraryImport(Library, EntryPoint = "ls_parser_parse")]
    public static partial int Parse(IntPtr parser, byte* text, uint length, NativeNode** nodes, uint* count);
}

/// <summary>The mirror of ls_node in parser/parser.c.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct NativeNode
{
    public readonly ushort Symbol;
    public readonly byte Field;
    public readonly byte Flags;
    public readonly uint Start;
    public readonly uint End;
    public readonly uint Size;
    public readonly int Parent;
}
