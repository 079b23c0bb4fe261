// Between sema, which lays out records, and compiler/ir, which fills them.
#include "compiler/sema/record_field.h"

namespace probevue {

RecordField record_field(TypeRef type, uint32_t offset) {
    RecordField field;
    field.offset = offset;
    switch (type->kind) {
        case TypeKind::integer:
            field.width = static_cast<uint8_t>(type->size);
            field.is_signed = type->is_signed;
            break;
        case TypeKind::floating:
            field.kind = FieldKind::floating;
            break;
        case TypeKind::string:
            field.kind = FieldKind::string;
            field.size = type->count;
            break;
        case TypeKind::mac:
            field.kind = FieldKind::mac;
            break;
        case TypeKind::ip:
            field.kind = FieldKind::ip;
            field.size = type->size;
            break;
        case TypeKind::timestamp:
            field.kind = FieldKind::timestamp;
            break;
        case TypeKind::path:
            field.kind = FieldKind::path;
            break;
        case TypeKind::stack:
            field.kind = FieldKind::stack;
            break;
        case TypeKind::list:
            field.kind = FieldKind::list;
            field.size = sizeof(ListValue);
            break;
        case TypeKind::range:
            field.kind = FieldKind::range;
            break;
        case TypeKind::dist:
            field.kind = FieldKind::dist;
            break;
        case TypeKind::distinct:
            field.kind = FieldKind::distinct;
            break;
        case TypeKind::pointer:
        case TypeKind::void_:
            field.is_signed = false;
            break;
        case TypeKind::net_info:
        case TypeKind::array:
        case TypeKind::structure:
            field.kind = FieldKind::bytes;
            field.size = type->size;
            break;
    }
    return field;
}

}  // namespace probevue
